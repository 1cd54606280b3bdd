// The interval so far as a bar around its figure: 48 px stand for ±6 %, wider ones are cut.
import type { BackendId } from '../../../shared/domain/backend.ts'
import type { Figure } from '../../../shared/domain/figure.ts'
import { backendColour } from '../../components/backend-mark.tsx'
import { halfWidthText, relativeHalfWidth } from './interval-words.ts'

const halfPixels = 27
const fullShare = 0.03

export function IntervalBar({ figure, backend }: { readonly figure: Figure; readonly backend: BackendId }) {
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
