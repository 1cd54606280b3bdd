// The headline, the columns' heads, a block for every model with a track and a line for every model without.
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import type { PythonEnvironment } from '../../../shared/ipc/contract.ts'
import { builderName, libraryName } from '../../format/artifact.ts'
import { CompactRow } from './compact-row.tsx'
import { conversionObstacle } from './convert-defaults.ts'
import { EmptyTrack } from './empty-track.tsx'
import { ModelBlock } from './model-block.tsx'
import { type ModelEntry, modelRowKey } from './model-entries.ts'
import { worstFigures } from './parity-summary.ts'
import type { RowActions } from './row-actions.ts'
import { headline } from './row-standing.ts'

interface ModelListProps {
  readonly entries: readonly ModelEntry[]
  readonly loaded: boolean
  readonly backends: readonly BackendStatus[]
  readonly environments: readonly PythonEnvironment[] | undefined
  readonly chosenKey: string | null
  readonly actions: RowActions
  readonly onChoose: (rowKey: string) => void
}

/** Of a library's name over its column; a longer one stands in every row. */
const longestHead = 24

export function ModelList({ entries, loaded, backends, environments, chosenKey, actions, onChoose }: ModelListProps) {
  const tracked = entries.filter(({ rows }) => rows.length > 0)
  const others = entries.filter(({ rows }) => rows.length === 0)
  const engines = tracked.flatMap(({ rows }) => rows.flatMap(({ row }) => (row.engine ? [row.engine] : [])))
  const libraries = [...new Set(engines.map(libraryName))]
  const only = libraries.length === 1 ? libraries[0] : undefined
  const images = [
    ...new Set(engines.map((engine) => worstFigures(engine)?.imageCount).filter((count) => count != null)),
  ]
  const isEmpty = loaded && tracked.length === 0
  return (
    <>
      <h1>{loaded ? headline(tracked.flatMap(({ rows }) => rows.map(({ row }) => row))) : 'Reading the models'}</h1>
      {isEmpty && (
        <p className="quiet models-lead">
          One click takes a model from PyTorch to an engine whose precision is read from the engine itself, and whose
          outputs are held against FP32. Every step is kept and shared.
        </p>
      )}
      <div className="track-head micro faint" aria-hidden="true">
        <span>PyTorch</span>
        <span>ONNX</span>
        <span>Precision</span>
        <span>{only !== undefined && only.length <= longestHead ? `Engine, ${only}` : 'Engine'}</span>
        <span>Proof from the engine</span>
        <span>{images.length === 1 ? `Parity, ${images[0]} images` : 'Parity'}</span>
      </div>
      {isEmpty && <EmptyTrack />}
      {tracked.map((entry) => (
        <ModelBlock
          key={entry.model}
          entry={entry}
          backends={backends}
          chosenKey={entry.rows.some(({ row }) => row.key === chosenKey) ? chosenKey : null}
          namesLibrary={only === undefined || only.length > longestHead}
          actions={actions}
          onChoose={onChoose}
        />
      ))}
      {others.length > 0 && (
        <ul className="compact-rows" aria-label="Models without a conversion">
          {others.map((entry) => (
            <CompactRow
              key={entry.model}
              entry={entry}
              chosen={chosenKey === modelRowKey(entry.model)}
              obstacle={entry.manifest && conversionObstacle(entry.manifest, environments)}
              offer={offerOf(entry, backends, actions)}
              actions={actions}
              onChoose={() => onChoose(modelRowKey(entry.model))}
            />
          ))}
        </ul>
      )}
    </>
  )
}

function offerOf(entry: ModelEntry, backends: readonly BackendStatus[], actions: RowActions): string | null {
  const recipe = actions.defaultsOf(entry)
  return recipe ? `to ${builderName(recipe.to, backends)}, ${precisionLabel(recipe.precision)}` : null
}
