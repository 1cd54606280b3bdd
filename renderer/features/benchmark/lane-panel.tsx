// Lanes with their names on the left and their current figures on the right.

import { useState } from 'react'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import type { MachinePoint } from '../../../shared/ipc/contract.ts'
import { backendName } from '../../../shared/report/case-words.ts'
import { countText, numberText } from '../../../shared/report/figure-text.ts'
import { ratioWords, verdictWords } from '../../../shared/report/verdict-words.ts'
import { useChartWidth } from '../../charts/chart-frame.tsx'
import { LiveLanes, type MachineLane, orderHeight, timeAxisHeight } from '../../charts/live-lanes.tsx'
import { Mark } from '../../components/backend-mark.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { FigureText } from '../../components/tables.tsx'
import { isOut, type LiveCase, type LiveGroup } from '../../live/live-run.ts'
import type { GroupTracks } from '../../live/live-tracks.ts'

interface LanePanelProps {
  readonly group: LiveGroup
  readonly tracks: GroupTracks
  readonly machine: readonly MachinePoint[]
  readonly span: TimeSpan
  readonly version: number
  readonly scheme: string
  readonly simulated: boolean
  /** The case that a pass is working on; null during rounds. */
  readonly workingKey: string | null
}

const tallestLane = 51
const shortestLane = 34
const machineHeight = 46
/** Height of all cases together, px; three machine lanes are below. */
const lanesRoom = 408

export function LanePanel({ group, tracks, machine, span, version, scheme, simulated, workingKey }: LanePanelProps) {
  const { ref, width } = useChartWidth(734)
  const lanes = machineLanes(machine)
  const room = lanesRoom - Math.max(0, lanes.length - 3) * machineHeight
  const laneHeight = Math.max(shortestLane, Math.min(tallestLane, Math.floor(room / group.cases.length)))
  const nowMs = Math.max(tracks.lastEndMs, machine.at(-1)?.atMs ?? 0)
  const { startMs, endMs } = visibleTimes(span, tracks.firstStartMs ?? nowMs, nowMs)
  // Without a median, a lane has neither scale nor points: only the order above shows that blocks are measured.
  const median = (each: LiveCase) =>
    each.parity === null ? null : (each.p50Ms.value ?? tracks.lanes.get(each.caseKey)?.firstMedianMs ?? null)
  return (
    <section className="lanes" aria-label={simulated ? 'Live samples, simulated' : 'Live samples'}>
      <div className="lane-names">
        <div style={{ height: orderHeight }} className="faint micro lane-head">
          Order, shuffled each round
        </div>
        {group.cases.map((each) => (
          <LaneName
            key={each.caseKey}
            live={each}
            height={laneHeight}
            topMs={median(each)}
            working={each.caseKey === workingKey}
          />
        ))}
        {lanes.length > 0 && <div style={{ height: 10 }} />}
        {lanes.map((lane) => (
          <div key={lane.title} className="lane-name" style={{ height: machineHeight }}>
            <span className="strong small">{lane.title}</span>
            <LaneScale top={lane.topText} />
          </div>
        ))}
        <div style={{ height: timeAxisHeight }} />
      </div>
      <div ref={ref} className="lane-canvas">
        <LiveLanes
          cases={group.cases.map((each) => ({ caseKey: each.caseKey, backend: each.backend, medianMs: median(each) }))}
          machine={lanes satisfies readonly MachineLane[]}
          tracks={tracks}
          startMs={startMs}
          endMs={endMs}
          nowMs={nowMs}
          width={width}
          laneHeight={laneHeight}
          machineHeight={machineHeight}
          version={version}
          scheme={scheme}
        />
      </div>
      <div className="lane-figures">
        <div style={{ height: orderHeight }} className="lane-figure lane-head micro quiet">
          <span>p50, ms</span>
          <span>speedup so far</span>
          <span>samples</span>
        </div>
        {group.cases.map((each) => (
          <div key={each.caseKey} className="lane-figure" style={{ height: laneHeight }}>
            <span className="strong">
              <FigureText figure={each.p50Ms} format={numberText} />
            </span>
            <Standing standing={standingOf(each, group)} />
            <span className="small quiet">{samplesText(each)}</span>
          </div>
        ))}
        {lanes.length > 0 && <div style={{ height: 10 }} />}
        {lanes.map((lane) => (
          <div key={lane.title} className="lane-figure" style={{ height: machineHeight }}>
            <span className="strong">{lane.nowText}</span>
            <span className="unit faint micro">{lane.unit}</span>
            <span />
          </div>
        ))}
      </div>
    </section>
  )
}

interface LaneNameProps {
  readonly live: LiveCase
  readonly height: number
  readonly topMs: number | null
  readonly working: boolean
}

function LaneName({ live, height, topMs, working }: LaneNameProps) {
  const down = isOut(live.state)
  return (
    <div className="lane-name" style={{ height }} aria-current={working ? 'step' : undefined}>
      <Mark backend={live.backend} precision={live.precision} />
      <span className="strong lane-title" title={live.reason ?? undefined}>
        {backendName(live)}
        {down && (
          <small className="fail">
            <Glyph name="fail" size={7} /> {live.state}
            {live.reason ? `: ${live.reason}` : ''}
          </small>
        )}
      </span>
      <span className="small quiet">{precisionLabel(live.precision)}</span>
      <LaneScale top={topMs === null ? '' : numberText(2 * topMs)} />
    </div>
  )
}

function LaneScale({ top }: { readonly top: string }) {
  return (
    <span className="lane-scale micro faint">
      <span>{top}</span>
      <span>0</span>
    </span>
  )
}

/** Where a case's comparison stands, in words: its speedup with its interval, and what the latest look said. */
interface StandingWords {
  readonly ratio: string
  readonly verdict: string
}

export function standingOf({ caseKey, state, parity }: LiveCase, { baseline, comparisons }: LiveGroup): StandingWords {
  const comparison = comparisons[caseKey]
  if (caseKey === baseline) return { ratio: '1 ×', verdict: 'baseline' }
  const refusal = parity?.refusal ?? null
  if (refusal !== null) return { ratio: verdictWords({ verdict: 'refused' }), verdict: refusal }
  if (comparison === undefined) return { ratio: '–', verdict: isOut(state) ? 'no comparison' : 'first launch' }
  const { value, interval, verdict } = comparison
  return {
    ratio: ratioWords({ value, interval, verdict: verdict ?? 'undecided' }),
    verdict: verdict ?? 'no look yet',
  }
}

function Standing({ standing: { ratio, verdict } }: { readonly standing: StandingWords }) {
  return (
    <span className="lane-standing small" title={verdict}>
      <span>{ratio}</span>
      <span className="quiet">{verdict}</span>
    </span>
  )
}

/** Blocks are equally long, so how many samples they hold says how fast a case is. */
export function samplesText({ parity, sampleCount }: LiveCase): string {
  return parity === null ? '–' : countText(sampleCount)
}

/**
 * The machine's series under the cases. Series that cannot be read are left out, not drawn at zero. If a GPU is sampled
 * its lanes come first, and of the processor only the load stays.
 */
interface NamedMachineLane extends MachineLane {
  readonly unit: string
  readonly topText: string
  readonly nowText: string
}

const gibibyte = 1024 ** 3

export function machineLanes(points: readonly MachinePoint[]): readonly NamedMachineLane[] {
  const gpu = [
    lane('GPU memory', 'GiB', points, ({ gpu: now }) => inGibibytes(now?.memoryUsedBytes), null, 1),
    lane('Board power', 'W', points, ({ gpu: now }) => now?.powerWatts ?? null, null, 0),
    lane('SM clock', 'MHz', points, ({ gpu: now }) => now?.smClockMhz ?? null, null, 0),
    lane('GPU temperature', '°C', points, ({ gpu: now }) => now?.temperatureCelsius ?? null, 100, 0),
  ].filter((each) => each !== null)
  const load = lane('CPU load', '%', points, ({ cpuLoadPercent }) => cpuLoadPercent, 100, 0)
  if (gpu.length > 0) return [...gpu, ...(load ? [load] : [])]
  const lanes = [
    load,
    lane('CPU clock', 'MHz', points, ({ cpuClockMhz }) => cpuClockMhz, null, 0),
    lane('Memory used', 'GiB', points, ({ memoryUsedBytes }) => inGibibytes(memoryUsedBytes), null, 1),
  ]
  return lanes.filter((each) => each !== null)
}

function inGibibytes(bytes: number | null | undefined): number | null {
  return bytes == null ? null : bytes / gibibyte
}

function lane(
  title: string,
  unit: string,
  points: readonly MachinePoint[],
  read: (point: MachinePoint) => number | null,
  fixedMax: number | null,
  digits: number,
): NamedMachineLane | null {
  const series = points.map((point) => ({ atMs: point.atMs, value: read(point) }))
  const known = series.flatMap(({ value }) => (value === null ? [] : [value]))
  const last = known.at(-1)
  if (last === undefined) return null
  const max = fixedMax ?? roundUp(Math.max(...known) * 1.15)
  return { title, unit, points: series, max, topText: String(max), nowText: last.toFixed(digits) }
}

function roundUp(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)))
  return Math.ceil(value / magnitude) * magnitude
}

/** The visible part of the time axis: a span that follows the current time, or one the user moved away. Times in ms. */
interface TimeSpan {
  readonly lengthMs: number
  /** How far the end is behind the current time; 0 follows it. */
  readonly behindMs: number
}

const shortestMs = 2_000
const longestMs = 4 * 3_600_000
const shareAfterNow = 0.12

export function useTimeWindow() {
  const [span, setSpan] = useState<TimeSpan>({ lengthMs: 60_000, behindMs: 0 })
  return {
    span,
    zoom: (factor: number) =>
      setSpan((now) => ({ ...now, lengthMs: Math.min(longestMs, Math.max(shortestMs, now.lengthMs * factor)) })),
    pan: (share: number) => setSpan((now) => ({ ...now, behindMs: Math.max(0, now.behindMs - now.lengthMs * share) })),
    follow: () => setSpan((now) => ({ ...now, behindMs: 0 })),
  }
}

/** Begins at the first sample until the span is full. */
function visibleTimes(span: TimeSpan, firstMs: number, nowMs: number): { startMs: number; endMs: number } {
  const endMs = Math.max(firstMs + span.lengthMs, nowMs + span.lengthMs * shareAfterNow) - span.behindMs
  return { startMs: endMs - span.lengthMs, endMs }
}
