// Lanes with their names on the left and their current figures on the right.

import { useState } from 'react'
import type { BackendId } from '../../../shared/domain/backend.ts'
import type { Figure } from '../../../shared/domain/figure.ts'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import type { MachinePoint } from '../../../shared/ipc/contract.ts'
import { backendName } from '../../../shared/report/case-words.ts'
import { countText, numberText } from '../../../shared/report/figure-text.ts'
import { useChartWidth } from '../../charts/chart-frame.tsx'
import { LiveLanes, type MachineLane, orderHeight, timeAxisHeight } from '../../charts/live-lanes.tsx'
import { backendColour, Mark } from '../../components/backend-mark.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { FigureText } from '../../components/tables.tsx'
import type { LiveCase, LiveGroup } from '../../live/live-run.ts'
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
  const median = (each: LiveCase) => each.p50Ms.value ?? tracks.lanes.get(each.caseKey)?.firstMedianMs ?? null
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
          <span>95 % interval</span>
          <span>samples</span>
        </div>
        {group.cases.map((each) => (
          <div key={each.caseKey} className="lane-figure" style={{ height: laneHeight }}>
            <span className="strong">
              <FigureText figure={each.p50Ms} format={numberText} />
            </span>
            <IntervalBar figure={each.p50Ms} backend={each.backend} />
            <span className="small quiet">{countText(each.sampleCount)}</span>
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
  const down = live.state === 'failed' || live.state === 'skipped'
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

const halfPixels = 27
const fullShare = 0.03

/** The current interval as a bar around its figure: 48 px represent ±6 %, wider ones are cut. */
function IntervalBar({ figure, backend }: { readonly figure: Figure; readonly backend: BackendId }) {
  const share = relativeHalfWidth(figure)
  if (share === null) return <span className="faint small">–</span>
  const half = Math.max(1, Math.min(halfPixels, (share / fullShare) * halfPixels))
  return (
    <span className="interval-bar">
      <svg width={halfPixels * 2} height={12} aria-hidden="true">
        <line x1={0} x2={halfPixels * 2} y1={6} y2={6} style={{ stroke: 'var(--line-strong)' }} />
        <rect x={halfPixels - half} y={3.5} width={half * 2} height={5} style={{ fill: backendColour(backend) }} />
      </svg>
      <span className="small">{halfWidthText(figure)}</span>
    </span>
  )
}

// The half-width of an interval as a share of its figure, `±1.9 %`, for the live columns.

/** Half-width divided by the value; null if there is no interval yet. */
function relativeHalfWidth(figure: Figure): number | null {
  if (figure.value === null || figure.interval === null || figure.value === 0) return null
  return (figure.interval.high - figure.interval.low) / 2 / figure.value
}

export function halfWidthText(figure: Figure): string | null {
  const share = relativeHalfWidth(figure)
  return share === null ? null : `±${(share * 100).toFixed(1)} %`
}

export function widestInterval(group: LiveGroup): string | null {
  const widest = group.cases
    .map(({ p50Ms }) => p50Ms)
    .sort((a, b) => (relativeHalfWidth(b) ?? -1) - (relativeHalfWidth(a) ?? -1))[0]
  return widest ? halfWidthText(widest) : null
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
