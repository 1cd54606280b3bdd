// The smallest difference this machine can show: the difference found between two copies of the same code, one line per
// preset, and the button that measures it. Anything smaller is called noise in every run of that preset.
import { useState } from 'react'
import { fewestComparisons, type NoiseFloor } from '../../../shared/domain/noise-floor.ts'
import { type Plan, type PresetName, presetNameSchema } from '../../../shared/domain/plan.ts'
import { launchBudget, launchMs, roundsPerLaunch } from '../../../shared/planning/launch-budget.ts'
import { measuringRules } from '../../../shared/planning/protocol.ts'
import { percentText } from '../../../shared/report/figure-text.ts'
import { poorFloorSentence } from '../../../shared/statistics/verdict.ts'
import { useChartWidth } from '../../charts/chart-frame.tsx'
import { FloorMarks } from '../../charts/floor-marks.tsx'
import { Button } from '../../components/button.tsx'
import { Segments } from '../../components/form-fields.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { duration, moment } from '../../format/quantity.ts'
import {
  isMeasuring,
  type NoiseFloorWork,
  useCancelNoiseFloor,
  useMeasureNoiseFloor,
  useNoiseFloors,
  useNoiseFloorWork,
} from '../../state/noise-floors.ts'
import { useRunLive } from '../../state/run-live.ts'
import { UndoStrip, UnreadableList } from '../removals/unreadable-list.tsx'

interface NoiseFloorPanelProps {
  readonly hasGpu: boolean
}

export function NoiseFloorPanel({ hasGpu }: NoiseFloorPanelProps) {
  const [device, setDevice] = useState<Plan['device']>('cpu')
  const floors = useNoiseFloors()
  const work = useNoiseFloorWork()
  const measure = useMeasureNoiseFloor()
  const cancel = useCancelNoiseFloor()
  const { ref, width } = useChartWidth(320)
  const running = useRunLive(({ run }) => run !== null && !run.ended)
  const measuring = isMeasuring(work) || measure.isPending
  const own = (floors.data ?? []).filter((floor) => floor.device === device)
  const of = (preset: PresetName) => own.find((floor) => floor.preset === preset) ?? null
  const error = measure.error ?? cancel.error ?? floors.error
  return (
    <section aria-label="Noise floor">
      <div className="panel-head">
        <h2>
          How much do two copies of the same code differ? <small>A/A, %</small>
        </h2>
        {hasGpu && (
          <>
            <span className="grow" />
            <Segments
              label="Noise floor of"
              value={device}
              segments={[
                { value: 'cpu', label: 'CPU' },
                { value: 'cuda', label: 'CUDA' },
              ]}
              onChange={setDevice}
            />
          </>
        )}
      </div>
      <div ref={ref}>{own.length > 0 && <FloorMarks floors={own} width={width} />}</div>
      <ul className="noise-floors small" aria-label="Noise floor by preset">
        {presetNameSchema.options.map((preset) => {
          const floor = of(preset)
          return (
            <li key={preset}>
              <b>{preset}</b>
              <span className={floor ? undefined : 'faint'} title={floor ? floorSentence(floor) : undefined}>
                {floor ? floorText(floor) : 'not measured yet'}
              </span>
              {!measuring && (
                <Button
                  kind={floor ? 'plain' : 'normal'}
                  disabled={running}
                  title={
                    running
                      ? 'a benchmark is running'
                      : `Compares a small case with itself 40 times, like a ${preset} run would`
                  }
                  onClick={() => measure.mutate({ preset, device })}
                >
                  {floor ? 'Repeat' : 'Measure'} ({aboutDuration(preset)})
                </Button>
              )}
            </li>
          )
        })}
      </ul>
      {error ? (
        <RemedyStrip error={errorRecord(error)} />
      ) : (
        <NoiseFloorProgress work={work} onCancel={() => cancel.mutate()} cancelling={cancel.isPending} />
      )}
      <UndoStrip />
      <UnreadableList kinds={['noise-floor']} />
      <p className="micro faint panel-note">
        The largest difference between two copies of one case in 95 % of the comparisons. A run treats anything smaller
        as noise, and anything under 2 % as no gain. Do not use the machine meanwhile.
      </p>
    </section>
  )
}

interface NoiseFloorProgressProps {
  readonly work: NoiseFloorWork
  readonly cancelling: boolean
  readonly onCancel: () => void
}

/** The running measurement of a noise floor, or how the last one ended if that needs an explanation. */
function NoiseFloorProgress({ work: { preset, progress }, cancelling, onCancel }: NoiseFloorProgressProps) {
  if (!progress) return null
  const { done, of, remainingMs, outcome, error } = progress
  if (outcome === 'done') return null
  if (error) return <RemedyStrip error={error} />
  if (outcome === 'cancelled') {
    return (
      <p className="small quiet panel-note" role="status">
        Cancelled. {keptWords(done)}
      </p>
    )
  }
  return (
    <div className="noise-floor-progress">
      <div className="progress">
        <i style={{ width: `${(done / of) * 100}%` }} />
      </div>
      <p className="small" role="status">
        <span>
          {preset ? `${preset}: ` : ''}comparison {Math.min(of, done + 1)} of {of}
          <span className="faint">{remainingMs === null ? '' : `, ${duration(remainingMs)} left`}</span>
        </span>
        <Button kind="plain" onClick={onCancel} disabled={cancelling}>
          {cancelling ? 'Cancelling' : 'Cancel measuring'}
        </Button>
      </p>
    </div>
  )
}

function keptWords(done: number): string {
  if (done === 0) return 'No comparison was completed.'
  if (done === 1) return 'The one comparison made so far is kept; measuring continues from there.'
  return `The ${done} comparisons made so far are kept; measuring continues from there.`
}

// A noise floor in words, and the approximate time to measure one.

/** For one fresh worker, including its warm-up. */
const startMs = 1_500

/** `1.4 % (1.1 – 1.9), 21 Nov 9:15`. */
function floorText({ value, interval, measuredAt }: NoiseFloor): string {
  const share = (each: number) => (each * 100).toFixed(1)
  return `${percentText(value)} (${share(interval.low)} – ${share(interval.high)}), ${moment(measuredAt)}`
}

function floorSentence({ value, subject, comparisons, intervalsExcludingOne }: NoiseFloor): string {
  if (intervalsExcludingOne === undefined) return `${comparisons} launches of ${subject}`
  const poor = poorFloorSentence(value)
  const told = `${comparisons} comparisons of ${subject}; ${intervalsExcludingOne} of ${comparisons} intervals excluded 1`
  return poor ? `${told}; ${poor}` : told
}

/** From the rounds and the warm-up of a launch, with two cases; each launch is a comparison: `about 6 min`. */
function aboutDuration(preset: PresetName): string {
  const { block, warmup } = measuringRules('cpu')
  const cost = { startMs: startMs + 2 * warmup.minimumMs, roundMs: 2 * block.targetMs }
  const rounds = roundsPerLaunch(cost, launchBudget({ preset }, 1))
  return `about ${Math.round((fewestComparisons * launchMs(cost, rounds)) / 60_000)} min`
}
