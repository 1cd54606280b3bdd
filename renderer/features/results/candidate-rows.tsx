// One row per candidate, shared by every column; each column is a small multiple with its own zero.
import { memo } from 'react'
import { precisionLabel } from '../../../shared/domain/precision.ts'
import type { CaseRecord, GroupRecord } from '../../../shared/domain/run.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import { backendName, caseName, proofWords } from '../../../shared/report/case-words.ts'
import { zeroScale } from '../../../shared/report/charts/scale.ts'
import { countText, numberText } from '../../../shared/report/figure-text.ts'
import { useChartWidth } from '../../charts/chart-frame.tsx'
import { LatencyDensity } from '../../charts/latency-density.tsx'
import { EnergyMarks, MemoryMarks } from '../../charts/memory-energy-marks.tsx'
import { SpeedupBars } from '../../charts/speedup-bars.tsx'
import { Mark } from '../../components/backend-mark.tsx'
import { Verdict } from '../../components/glyph.tsx'
import { FigureText } from '../../components/tables.tsx'
import { shortHash } from '../../format/artifact.ts'
import { percent } from '../../format/quantity.ts'
import { useArtifacts } from '../../state/artifacts.ts'
import { CandidatesHead, rowHead } from './candidates-head.tsx'

interface CandidateRowsProps {
  readonly group: GroupRecord
  readonly cases: readonly CaseRecord[]
  readonly simulated: boolean
  /** For each case, in the cases' order; null while they load. */
  readonly blocks: readonly (readonly SampleBlock[] | null)[]
  readonly selectedKey: string
  readonly onSelect: (caseKey: string) => void
  readonly zoomed: boolean
  readonly onZoom: () => void
}

const rowHeight = 40

/** Rendered again only when its data changed: what is below the rows changes more often. */
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
        <span>n ≤ {countText(Math.max(...cases.map(({ sampleCount }) => sampleCount)))} samples per row</span>
        <span />
        <span title={head.memoryMethods ?? undefined}>{head.memoryNote}</span>
        <span title={head.energyReason ?? undefined}>{head.energyNote}</span>
        {head.accuracy && <span />}
        <span>{head.imagesNote}</span>
      </div>
    </section>
  )
}

/** How far the latency axis must reach for a row, ms: past its p99, or past its substitute in a short run. */
function latencyReach({ latencyMs: { p50, p95, p99 } }: CaseRecord): number {
  return (p99.value ?? (p95.value ?? (p50.value ?? 0) * 1.5) * 1.2) * 1.08
}

/** For a case that runs one specific artifact: its hash, and its parity from the conversion. */
function useArtifactOf({ caseKey, artifactSha256 }: CaseRecord) {
  const artifacts = useArtifacts()
  const hash = artifactSha256 && caseKey.includes(`-${shortHash(artifactSha256)}`) ? shortHash(artifactSha256) : null
  if (hash === null) return null
  const parity = artifacts.data?.find(({ sha256 }) => sha256 === artifactSha256)?.parity
  return { hash, verdict: parity?.verdict ?? null, parity: parity ? `parity when converted: ${parity.reason}` : null }
}

/** A row's name: mark, backend, precision, and the actual precision if it differs from the requested one. */
function CandidateCell({ record, height }: { readonly record: CaseRecord; readonly height: number }) {
  const proof = record.precisionProof
  const asked = record.backend === 'simulated' || proof?.label.toLowerCase() === record.precision
  const claim = proof && !asked ? proof.label : null
  const flags = record.badges.filter(
    (badge) => badge === 'noisy' || badge === 'throttled' || badge === 'no-steady-state',
  )
  const note = [claim, ...flags.map((flag) => flag.replaceAll('-', ' '))].filter((each) => each !== null).join(', ')
  const artifact = useArtifactOf(record)
  return (
    <div className="candidate-cell" style={{ height }}>
      <Mark backend={record.backend} precision={record.precision} />
      <span className="candidate-name" title={proof ? [proofWords(record), ...proof.evidence].join('\n') : undefined}>
        <span className="strong">{backendName(record)}</span>
        <span className="small quiet">{precisionLabel(record.precision)}</span>
        {artifact && (
          <small className="faint artifact-of" title={artifact.parity ?? undefined}>
            {artifact.hash}
            {artifact.verdict && <Verdict verdict={artifact.verdict} />}
          </small>
        )}
        {note && <small className={flags.length > 0 ? 'warn' : 'faint'}>{note}</small>}
      </span>
    </div>
  )
}

interface FigureCellProps {
  readonly record: CaseRecord
  readonly height: number
}

/** The columns of a row that hold figures instead of marks. */
function PercentileCells({ record, height }: FigureCellProps) {
  const { p50, p95, p99 } = record.latencyMs
  return (
    <div className="percentiles" style={{ height }}>
      <span className="strong">
        <FigureText figure={p50} format={numberText} />
      </span>
      <span>
        <FigureText figure={p95} format={numberText} />
      </span>
      <span className="quiet">
        <FigureText figure={p99} format={numberText} />
      </span>
    </div>
  )
}

function AccuracyCell({ record, height }: FigureCellProps) {
  return (
    <div className="figure-cell" style={{ height }}>
      <FigureText figure={record.accuracy} format={(share) => percent(share, 2)} />
    </div>
  )
}

function ParityCell({ record, height }: FigureCellProps) {
  const { parity } = record
  const cosine = parity.figures?.cosineSimilarity ?? null
  const decided = parity.verdict === 'pass' ? undefined : parity.decidedBy
  if (parity.reference === null && parity.verdict === 'pass') {
    return (
      <div className="parity-cell" style={{ height }} title={parity.reason}>
        <span className="faint">–</span>
        <span className="quiet">reference</span>
      </div>
    )
  }
  return (
    <div className="parity-cell" style={{ height }} title={parity.reason}>
      <Verdict verdict={parity.verdict} />
      <span>{decided ?? (cosine === null ? '' : cosineText(cosine))}</span>
    </div>
  )
}

/** Truncated, not rounded: only equality reads as 1. */
function cosineText(cosine: number): string {
  return cosine === 1 ? '1' : (Math.floor(cosine * 1e5 + 1e-6) / 1e5).toFixed(5)
}

/** The content of a row's speedup column: the baseline itself, a claim (or its refusal), or nothing. */
export function standingOf(record: CaseRecord, group: GroupRecord): 'baseline' | 'claimed' | 'absent' {
  if (record.state !== 'completed') return 'absent'
  return record.caseKey === group.baseline ? 'baseline' : 'claimed'
}
