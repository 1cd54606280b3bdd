// A model that has been converted: its name, its track, and under a row what goes on in it or stands in its way.
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import { isOfTestBuilder } from '../../../shared/planning/artifact-readers.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { libraryName } from '../../format/artifact.ts'
import { BusyPanel } from './busy-panel.tsx'
import type { ModelEntry } from './model-entries.ts'
import { modelFacts } from './model-facts.ts'
import { troubleOf } from './remedies.ts'
import type { RowActions } from './row-actions.ts'
import { TrackRow } from './track-row.tsx'
import { TroubleStrip } from './trouble-strip.tsx'

interface ModelBlockProps {
  readonly entry: ModelEntry
  readonly backends: readonly BackendStatus[]
  /** Key of the chosen row; null where it is another model's. */
  readonly chosenKey: string | null
  readonly namesLibrary: boolean
  readonly actions: RowActions
  readonly onChoose: (rowKey: string) => void
}

export function ModelBlock({ entry, backends, chosenKey, namesLibrary, actions, onChoose }: ModelBlockProps) {
  const { name, manifest, rows, artifacts } = entry
  const seeded = artifacts.some(({ weights }) => weights === 'seeded')
  const built = artifacts.find(isOfTestBuilder)
  return (
    <section className="model-block" aria-label={name}>
      <div className="model-head">
        <h2>
          {name} <small>{manifest ? modelFacts(manifest) : 'your file, converted earlier'}</small>
        </h2>
        {seeded && <Badge>seeded weights: timing valid, predictions not</Badge>}
        {built && <Badge>{libraryName(built)}</Badge>}
        <span className="grow" />
        <Button
          kind="plain"
          onClick={() => actions.addPrecision(entry)}
          shortcut={chosenKey === null ? undefined : 'A'}
          disabled={manifest === null && rows.every(({ row }) => row.conversion === null)}
        >
          Add precision
        </Button>
      </div>
      {rows.map((branched) => {
        const { row } = branched
        const { conversion } = row
        const chosen = row.key === chosenKey
        const trouble = troubleOf(row, manifest, backends)
        return (
          <div key={row.key}>
            <TrackRow
              branched={branched}
              modelName={name}
              manifest={manifest}
              backends={backends}
              chosen={chosen}
              namesLibrary={namesLibrary}
              onChoose={() => onChoose(row.key)}
            />
            {conversion?.state === 'running' && (
              <BusyPanel
                record={conversion}
                chosen={chosen}
                cancelling={actions.cancelling === conversion.conversionId}
                onLog={() => actions.openLog(entry, row)}
                onCancel={() => actions.cancel(row)}
              />
            )}
            {trouble && (
              <TroubleStrip
                trouble={trouble}
                chosen={chosen}
                busy={actions.busy}
                onFix={(fix) => actions.fix(entry, row, fix)}
                onLog={actions.hasLog(row) ? () => actions.openLog(entry, row) : null}
              />
            )}
            {conversion?.state === 'completed' &&
              conversion.warnings.map((warning) => (
                <p key={warning} className="track-warning micro warn">
                  ▲ {warning}
                </p>
              ))}
          </div>
        )
      })}
    </section>
  )
}
