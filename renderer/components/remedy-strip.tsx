// A failure as a strip: what happened, what to do, the code and stage for a bug report, and buttons with remedies.
import type { BenchErrorRecord } from '../../shared/domain/bench-error.ts'

interface RemedyStripProps {
  readonly error: BenchErrorRecord
  readonly tone?: 'fail' | 'warn'
  readonly children?: React.ReactNode
}

export function RemedyStrip({ error, tone = 'fail', children }: RemedyStripProps) {
  return (
    <div className={`strip ${tone}`} role="alert">
      <div>
        <b>{error.message}</b> <span className="quiet">{error.remedy}</span>
        <div className="faint micro">
          Code <span className="mono">{error.code}</span>, stage {error.stage}
          {error.cause ? `, cause: ${error.cause}` : ''}
        </div>
      </div>
      {children}
    </div>
  )
}
