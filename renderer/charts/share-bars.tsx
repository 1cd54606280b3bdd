// Shares of a whole by type, a row a type, from zero to one hundred per cent; two measures of each side by side.

import type { BackendId } from '../../shared/domain/backend.ts'
import { backendColour } from '../components/backend-mark.tsx'

export interface ShareRow {
  readonly label: string
  /** 0..1; null where it was not counted. */
  readonly layers: number | null
  readonly weights: number | null
  /** In the precision that is claimed: drawn in full colour. */
  readonly isOwn: boolean
}

interface ShareBarsProps {
  readonly rows: readonly ShareRow[]
  readonly backend: BackendId
  readonly width: number
  readonly label: string
}

const rowHeight = 30
const labelWidth = 78
const figureWidth = 44

export function ShareBars({ rows, backend, width, label }: ShareBarsProps) {
  const length = width - labelWidth - figureWidth
  const colour = backendColour(backend)
  const bottom = rows.length * rowHeight
  return (
    <svg className="chart" width={width} height={bottom + 18} role="img" aria-label={label}>
      {[0.5, 1].map((share) => (
        <line
          key={share}
          className="grid"
          x1={labelWidth + share * length}
          x2={labelWidth + share * length}
          y1={0}
          y2={bottom}
        />
      ))}
      {rows.map((row, index) => (
        <g key={row.label} transform={`translate(0 ${index * rowHeight})`}>
          <text x={0} y={18} className="ink">
            {row.label}
          </text>
          {[row.layers, row.weights].map((share, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two measures, always in this order
            <g key={at} transform={`translate(${labelWidth} ${5 + at * 11})`}>
              {share !== null && (
                <rect
                  width={share * length}
                  height={8}
                  style={{ fill: colour, opacity: (row.isOwn ? 1 : 0.45) * (at === 0 ? 1 : 0.6) }}
                />
              )}
              <text x={(share ?? 0) * length + 5} y={8} className={share === null ? 'faint halo' : 'halo'}>
                {share === null ? '–' : `${sharePercent(share)} %`}
              </text>
            </g>
          ))}
        </g>
      ))}
      <line className="axis" x1={labelWidth} x2={labelWidth} y1={0} y2={bottom} />
      {[0, 0.5, 1].map((share) => (
        <text key={share} x={labelWidth + share * length} y={bottom + 14} className="faint" textAnchor="middle">
          {share * 100}
        </text>
      ))}
    </svg>
  )
}

function sharePercent(share: number): string {
  const percent = share * 100
  if (percent > 99.9 && percent < 100) return '99.9'
  return percent > 0 && percent < 0.1 ? '< 0.1' : Number(percent.toFixed(1)).toString()
}
