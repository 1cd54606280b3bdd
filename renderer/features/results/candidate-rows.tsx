// A row a candidate, shared by every column; each column is a small multiple with its own zero.
import { memo } from 'react'
import type { CaseRecord, GroupRecord } from '../../../shared/domain/run.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import { caseName } from '../../../shared/report/case-name.ts'
import { zeroScale } from '../../../shared/report/charts/scale.ts'
import { countText } from '../../../shared/report/figure-text.ts'
import { EnergyMarks } from '../../charts/energy-marks.tsx'
import { LatencyDensity } from '../../charts/latency-density.tsx'
import { MemoryMarks } from '../../charts/memory-marks.tsx'
import { SpeedupBars } from '../../charts/speedup-bars.tsx'
import { useChartWidth } from '../../charts/width-of.ts'
import { CandidateCell } from './candidate-cell.tsx'
import { CandidatesHead } from './candidates-head.tsx'
import { AccuracyCell, ParityCell, PercentileCells } from './figure-cells.tsx'
import { rowHead } from './row-head.ts'
import { standingOf } from './row-standing.ts'

interface CandidateRowsProps {
  readonly group: GroupRecord
  readonly cases: readonly CaseRecord[]
  readonly simulated: boolean
  /** Of each case, in the cases' order; null while they are read. */
  readonly blocks: readonly (readonly SampleBlock[] | null)[]
  readonly selectedKey: string
  readonly onSelect: (caseKey: string) => void
  readonly zoomed: boolean
  readonly onZoom: () => void
}

const rowHeight = 40

/** Drawn again only when something of it changed: what stands under the rows changes more often. */
export const CandidateRows = memo(Rows, (before, after) => {
  const { blocks, ...rest } = after
  const same = Object.entries(rest).every(([name, value]) => Object.is(Reflect.get(before, name), value))
  return same && blocks.length === before.blocks.length && blocks.every((each, index) => each === before.blocks[index])
})

function Rows(props: CandidateRowsProps) {
  const { group, cases, blocks, selectedKey, onSelect, zoomed } = props
  const speedup = useChartWidth(252)
  const latency = useChartWidth(230)
  const memory = useChartWidth(160)
  const energy = useChartWidth(60)
  const head = rowHead(group, cases, props.simulated)
  const slowest = Math.max(0, ...cases.map(latencyReach))
  const scale = zeroScale(slowest, latency.width, 5)
  const axisMax = (record: CaseRecord) => (zoomed ? 2 * (record.latencyMs.p50.value ?? 1) : scale.max)
  return (
    <section className={`candidates ${head.columns}`} aria-label="Candidates">
      <CandidatesHead head={head} simulated={props.simulated} zoomed={zoomed} onZoom={props.onZoom} />
      <div className="candidates-body">
        <div>
          {cases.map((record) => (
            <CandidateCell key={record.caseKey} record={record} height={rowHeight} />
          ))}
        </div>
        <div ref={speedup.ref}>
          <SpeedupBars
            rows={cases.map((record) => ({ ...record, standing: standingOf(record, group) }))}
            width={speedup.width}
            rowHeight={rowHeight}
          />
        </div>
        <div ref={latency.ref}>
          <LatencyDensity
            rows={cases.map((record, index) => ({
              caseKey: record.caseKey,
              backend: record.backend,
              precision: record.precision,
              percentiles: [record.latencyMs.p50, record.latencyMs.p95, record.latencyMs.p99],
              blocks: blocks[index] ?? null,
              axisMaxMs: axisMax(record),
            }))}
            width={latency.width}
            rowHeight={rowHeight}
            shared={zoomed ? null : scale}
          />
        </div>
        <div>
          {cases.map((record) => (
            <PercentileCells key={record.caseKey} record={record} height={rowHeight} />
          ))}
        </div>
        <div ref={memory.ref}>
          <MemoryMarks
            rows={cases.map(({ caseKey, backend, memory: read }) => ({
              caseKey,
              backend,
              engineBytes: read.engineDeclaredBytes,
              allocatorBytes: read.allocatorPeakBytes,
              processBytes: read.processPeakBytes,
            }))}
            width={memory.width}
            rowHeight={rowHeight}
          />
        </div>
        <div ref={energy.ref}>
          <EnergyMarks
            rows={cases.map(({ caseKey, backend, precision, energyJoulesPerImage }) => ({
              caseKey,
              backend,
              precision,
              joules: energyJoulesPerImage,
            }))}
            width={energy.width}
            rowHeight={rowHeight}
          />
        </div>
        {head.accuracy && (
          <div>
            {cases.map((record) => (
              <AccuracyCell key={record.caseKey} record={record} height={rowHeight} />
            ))}
          </div>
        )}
        <div>
          {cases.map((record) => (
            <ParityCell key={record.caseKey} record={record} height={rowHeight} />
          ))}
        </div>
        <ul className="row-targets">
          {cases.map((record) => (
            <li key={record.caseKey} style={{ height: rowHeight }}>
              <button
                type="button"
                aria-pressed={record.caseKey === selectedKey}
                aria-label={`${caseName(record)}: show its raw samples`}
                title={record.reason ?? record.speedup.reason}
                onClick={() => onSelect(record.caseKey)}
              />
            </li>
          ))}
        </ul>
      </div>
      <div className="candidates-foot micro faint">
        <span />
        <span>{head.roundsNote}</span>
        <span>n ≤ {countText(Math.max(...cases.map(({ sampleCount }) => sampleCount)))} samples a row</span>
        <span />
        <span title={head.memoryMethods ?? undefined}>{head.memoryNote}</span>
        <span title={head.energyReason ?? undefined}>{head.energyNote}</span>
        {head.accuracy && <span />}
        <span>{head.imagesNote}</span>
      </div>
    </section>
  )
}

/** How far the latency axis must go for a row, ms: past its p99, or past what stands for it in a short run. */
function latencyReach({ latencyMs: { p50, p95, p99 } }: CaseRecord): number {
  return (p99.value ?? (p95.value ?? (p50.value ?? 0) * 1.5) * 1.2) * 1.08
}
