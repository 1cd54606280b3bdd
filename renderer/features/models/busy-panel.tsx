// A conversion going on: the whole, its step and the builder's phases inside it as thin bars, its last line, and Cancel.
// It alone is drawn again as progress comes.
import type { ConversionRecord } from '../../../shared/domain/conversion.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import { countText } from '../../../shared/report/figure-text.ts'
import { Button } from '../../components/button.tsx'
import { clock } from '../../format/time.ts'
import { useProgressOf } from '../../state/conversion-progress.ts'
import { stepTitles } from './recipe-check.tsx'

interface BusyPanelProps {
  readonly record: ConversionRecord
  readonly chosen: boolean
  readonly cancelling: boolean
  readonly onLog: () => void
  readonly onCancel: () => void
}

export function BusyPanel({ record, chosen, cancelling, onLog, onCancel }: BusyPanelProps) {
  const progress = useProgressOf(record.conversionId)
  const { steps, recipe } = record
  const running = steps.findIndex(({ state }) => state === 'running')
  const step = steps[running]
  const isOfStep = step !== undefined && progress.step === step.name
  const fraction = isOfStep ? progress.fraction : null
  const ended = steps.filter(({ state }) => state !== 'waiting' && state !== 'running').length
  const name = `${record.modelName} ${precisionLabel(recipe.precision)}`
  return (
    <section className="busy" aria-label={`${name}, going on`}>
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
  /** Null where it cannot be told: the bar stays empty. */
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
