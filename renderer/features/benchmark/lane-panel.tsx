// Lanes with their names on the left and their figures so far on the right.

import { precisionLabel } from '../../../shared/domain/precision.ts'
import type { MachinePoint } from '../../../shared/ipc/contract.ts'
import { backendName } from '../../../shared/report/case-name.ts'
import { countText, numberText } from '../../../shared/report/figure-text.ts'
import { LiveLanes, type MachineLane, orderHeight, timeAxisHeight } from '../../charts/live-lanes.tsx'
import { useChartWidth } from '../../charts/width-of.ts'
import { Mark } from '../../components/backend-mark.tsx'
import { FigureText } from '../../components/figure-text.tsx'
import { Glyph } from '../../components/glyph.tsx'
import type { LiveCase, LiveGroup } from '../../live/live-run.ts'
import type { GroupTracks } from '../../live/live-tracks.ts'
import { IntervalBar } from './interval-bar.tsx'
import { machineLanes } from './machine-lanes.ts'
import { type TimeSpan, visibleTimes } from './time-window.ts'

interface LanePanelProps {
  readonly group: LiveGroup
  readonly tracks: GroupTracks
  readonly machine: readonly MachinePoint[]
  readonly span: TimeSpan
  readonly version: number
  readonly scheme: string
  readonly simulated: boolean
  /** The case that a pass beside the rounds works on; null while rounds go on. */
  readonly workingKey: string | null
}

const tallestLane = 51
const shortestLane = 34
const machineHeight = 46
/** For all cases together, px, with three machine lanes under them. */
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
