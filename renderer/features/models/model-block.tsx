// A model that has been converted: its name, its track, and under a row its running conversion or its problem.
import { isOfTestBuilder } from '../../../shared/domain/artifact.ts'
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import type { ConversionRecord } from '../../../shared/domain/conversion.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import { countText } from '../../../shared/report/figure-text.ts'
import { StepSign } from '../../components/backend-mark.tsx'
import { Button } from '../../components/button.tsx'
import { Badge } from '../../components/glyph.tsx'
import { libraryName } from '../../format/artifact.ts'
import { clock } from '../../format/quantity.ts'
import { useProgressOf } from '../../state/conversions.ts'
import { stepTitles } from './convert-modal.tsx'
import { type Fix, type Trouble, troubleOf } from './remedies.ts'
import type { RowActions } from './row-actions.ts'
import { DrawnTrackRow, parameters } from './track-row.tsx'
import type { ModelEntry } from './tracks.ts'

interface ModelBlockProps {
  readonly entry: ModelEntry
  readonly backends: readonly BackendStatus[]
  /** Key of the chosen row; null if it belongs to another model. */
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
            <DrawnTrackRow
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

interface CompactRowProps {
  readonly entry: ModelEntry
  readonly chosen: boolean
  /** Why it cannot be converted yet; null when it can. */
  readonly obstacle: string | null
  /** What one click converts to: `TensorRT 11.4, FP16`; null while it is being determined. */
  readonly offer: string | null
  readonly actions: RowActions
  readonly onChoose: () => void
}

/**
 * A model without a conversion: one line, one button. Convert starts immediately with the defaults shown next to it.
 */
export function CompactRow({ entry, chosen, obstacle, offer, actions, onChoose }: CompactRowProps) {
  const { name, manifest } = entry
  return (
    <li className="compact-row small" data-chosen={chosen || undefined}>
      <button
        type="button"
        className="track-target"
        aria-pressed={chosen}
        aria-label={name}
        ref={(element) => {
          if (chosen) element?.scrollIntoView({ block: 'nearest' })
        }}
        onClick={onChoose}
      />
      <b>{name}</b>
      <span className="quiet">
        {manifest ? shortFacts(manifest) : 'not found on this machine'}
        {obstacle && <span className="warn">, {obstacle}</span>}
      </span>
      {manifest && !obstacle && (
        <>
          <span className="faint">{offer ?? 'checking the backends'}</span>
          <Button
            kind="plain"
            onClick={() => actions.addPrecision(entry)}
            shortcut={chosen ? 'A' : undefined}
            disabled={offer === null}
          >
            Options
          </Button>
          <Button
            kind={chosen ? 'primary' : 'normal'}
            onClick={() => actions.convert(entry)}
            shortcut={chosen ? '↵' : undefined}
            disabled={actions.busy || offer === null}
          >
            Convert
          </Button>
        </>
      )}
      {obstacle && (
        <Button onClick={actions.openSetup} shortcut={chosen ? '↵' : undefined}>
          Open Setup
        </Button>
      )}
    </li>
  )
}

// A model in one line: its task, its input, its source.

const tasks: Readonly<Record<ModelManifest['task'], string>> = {
  'image-embedding': 'image embedding',
  'object-detection': 'detection',
  'image-classification': 'classification',
  custom: 'your own model',
}

/** `detection, 1×3×800×800, facebook@1d5f47b`. */
function modelFacts({ task, input, source }: ModelManifest): string {
  const shape = `1×${input.channels}×${input.height}×${input.width}`
  return source.library === 'file' ? `your file, ${shape}` : `${tasks[task]}, ${shape}, ${originOf(source)}`
}

function originOf({ library, repository, revision }: ModelManifest['source']): string {
  if (library === 'own') return 'bundled'
  if (library === 'module') return 'your code'
  if (/^([/\\]|[A-Za-z]:)/.test(repository)) return 'your folder'
  const [owner] = repository.split('/')
  return revision ? `${owner}@${revision.slice(0, 7)}` : library
}

/** For a row without a track: `classification, 5.3 M params`. */
function shortFacts({ task, parameterCount, source }: ModelManifest): string {
  const size = parameterCount === null ? '' : `, ${parameters(parameterCount)} params`
  return `${source.library === 'file' ? 'your file' : tasks[task]}${size}`
}

interface BusyPanelProps {
  readonly record: ConversionRecord
  readonly chosen: boolean
  readonly cancelling: boolean
  readonly onLog: () => void
  readonly onCancel: () => void
}

/**
 * A running conversion: thin bars for the whole, its step and the builder's phases, its last line, and Cancel. Only
 * this is rendered again on progress.
 */
function BusyPanel({ record, chosen, cancelling, onLog, onCancel }: BusyPanelProps) {
  const progress = useProgressOf(record.conversionId)
  const { steps, recipe } = record
  const running = steps.findIndex(({ state }) => state === 'running')
  const step = steps[running]
  const isOfStep = step !== undefined && progress.step === step.name
  const fraction = isOfStep ? progress.fraction : null
  const ended = steps.filter(({ state }) => state !== 'waiting' && state !== 'running').length
  const name = `${record.modelName} ${precisionLabel(recipe.precision)}`
  return (
    <section className="busy" aria-label={`${name}, in progress`}>
      <Level
        depth={0}
        name={name}
        fraction={steps.length > 0 ? (ended + (fraction ?? 0)) / steps.length : null}
        note={step ? `step ${running + 1} of ${steps.length}, ${step.name}` : 'starting'}
      />
      {step && (
        <Level depth={1} name={stepTitles[step.name]} fraction={fraction} note={isOfStep ? progress.text : ''} />
      )}
      {isOfStep &&
        progress.phases.map(({ name: phase, depth, done, total }) => (
          <Level
            key={`${depth} ${phase}`}
            depth={2 + depth}
            name={phase}
            fraction={total === null || total === 0 ? null : Math.min(1, done / total)}
            note={total === null ? `${countText(done)} done` : `${countText(done)} of ${countText(total)}`}
          />
        ))}
      {progress.lastLine && <div className="mono faint busy-line">{progress.lastLine}</div>}
      <div className="busy-foot small">
        {isOfStep && (
          <span className="quiet">
            This step <span className="ink-word number">{clock(progress.elapsedMs)}</span>
          </span>
        )}
        <span className="grow" />
        <Button kind="plain" onClick={onLog} shortcut={chosen ? 'L' : undefined}>
          Log
        </Button>
        <Button onClick={onCancel} shortcut={chosen ? 'Esc' : undefined} disabled={cancelling}>
          {cancelling ? 'Cancelling' : 'Cancel'}
        </Button>
      </div>
    </section>
  )
}

interface LevelProps {
  readonly depth: number
  readonly name: string
  /** Null if unknown: the bar stays empty. */
  readonly fraction: number | null
  readonly note: string
}

function Level({ depth, name, fraction, note }: LevelProps) {
  const percent = fraction === null ? null : Math.round(fraction * 100)
  return (
    <div className="busy-level" data-top={depth === 0 || undefined}>
      <span style={{ paddingLeft: depth * 18 }}>{name}</span>
      <div
        className="progress"
        role="progressbar"
        aria-label={name}
        aria-valuenow={percent ?? undefined}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        {fraction !== null && <i style={{ width: `${fraction * 100}%` }} />}
      </div>
      <span className="busy-note">{note}</span>
      <b>{percent === null ? '' : `${percent} %`}</b>
    </div>
  )
}

interface TroubleStripProps {
  readonly trouble: Trouble
  readonly chosen: boolean
  readonly busy: boolean
  readonly onFix: (fix: Fix) => void
  readonly onLog: (() => void) | null
}

/** What failed and the buttons that help, the recommended one first. Code and stage for a bug report. */
function TroubleStrip({ trouble, chosen, busy, onFix, onLog }: TroubleStripProps) {
  return (
    <div
      className={trouble.isOwnDoing ? 'strip trouble' : 'strip fail trouble'}
      role={trouble.isOwnDoing ? 'status' : 'alert'}
    >
      <div>
        <b>{trouble.message}</b>{' '}
        <span className="quiet">
          {trouble.remedy} Stage: {trouble.stage}.
          {trouble.code && (
            <>
              {' '}
              Code: <span className="mono">{trouble.code}</span>
            </>
          )}
        </span>
        {trouble.cause && <div className="mono faint trouble-cause">{trouble.cause}</div>}
      </div>
      <div className="trouble-fixes">
        {trouble.fixes.map((fix, index) => (
          <Button
            key={fix.label}
            kind={index === 0 ? 'primary' : fix.kind === 'dismiss' || fix.kind === 'remove' ? 'plain' : 'normal'}
            shortcut={index === 0 && chosen ? '↵' : undefined}
            disabled={busy}
            onClick={() => onFix(fix)}
          >
            {fix.label}
          </Button>
        ))}
        <span className="grow" />
        {onLog && (
          <Button kind="plain" onClick={onLog} shortcut={chosen ? 'L' : undefined}>
            Log
          </Button>
        )}
      </div>
    </div>
  )
}

const steps = ['PyTorch', 'ONNX', 'Precision', 'Engine', 'Proof', 'Parity']

/** Placeholder for a track: every step looks the same, so that no value is implied. */
export function EmptyTrack() {
  return (
    <div className="track-row to-come" aria-hidden="true">
      {steps.map((step, index) => (
        <span key={step} className="track-cell">
          <StepSign sign="waiting" />
          <span className="ghost" />
          {index < steps.length - 1 && <i className="link across" />}
        </span>
      ))}
    </div>
  )
}
