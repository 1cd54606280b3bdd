// The columns of a row that are figures, not marks.
import type { CaseRecord } from '../../../shared/domain/run.ts'
import { numberText } from '../../../shared/report/figure-text.ts'
import { FigureText } from '../../components/figure-text.tsx'
import { Verdict } from '../../components/verdict.tsx'
import { percent } from '../../format/number.ts'

interface FigureCellProps {
  readonly record: CaseRecord
  readonly height: number
}

export function PercentileCells({ record, height }: FigureCellProps) {
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

export function AccuracyCell({ record, height }: FigureCellProps) {
  return (
    <div className="figure-cell" style={{ height }}>
      <FigureText figure={record.accuracy} format={(share) => percent(share, 2)} />
    </div>
  )
}

export function ParityCell({ record, height }: FigureCellProps) {
  const { parity } = record
  const cosine = parity.figures?.cosineSimilarity ?? null
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
      <span>{cosine === null ? '' : cosineText(cosine)}</span>
    </div>
  )
}

/** Cut, not rounded: nothing but equality reads as 1. */
function cosineText(cosine: number): string {
  return cosine === 1 ? '1' : (Math.floor(cosine * 1e5 + 1e-6) / 1e5).toFixed(5)
}
