// Charts of artifacts: one measure of several artifacts, shares by type, a figure compared with its limit.
import type { BackendId } from '../../shared/domain/backend.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import { tickText, zeroScale } from '../../shared/report/charts/scale.ts'
import { backendColour } from '../components/backend-mark.tsx'

/** One measure of several artifacts, one row each, from zero: bars in the backend's colour, paler for FP32. */
interface ArtifactBar {
  readonly key: string
  readonly backend: BackendId
  readonly precision: Precision
  /** In the unit of the axis; null if unknown. */
  readonly value: number | null
  readonly text: string
}

interface ArtifactBarsProps {
  readonly bars: readonly ArtifactBar[]
  readonly width: number
  readonly rowHeight: number
  readonly label: string
}

const textWidth = 56

export function ArtifactBars({ bars, width, rowHeight, label }: ArtifactBarsProps) {
  const length = Math.max(40, width - textWidth)
  const scale = zeroScale(Math.max(...bars.map(({ value }) => value ?? 0)), length, 4)
  const bottom = bars.length * rowHeight
  return (
    <svg className="chart" width={width} height={bottom + 18} role="img" aria-label={label}>
      {scale.ticks.map((tick) => (
        <line
          key={tick}
          className={tick === 0 ? 'axis' : 'grid'}
          x1={scale.position(tick)}
          x2={scale.position(tick)}
          y1={0}
          y2={bottom}
        />
      ))}
      {bars.map(({ key, backend, precision, value, text }, index) => {
        const y = index * rowHeight
        const colour = backendColour(backend)
        const pale = precision === 'fp32' || precision === 'tf32'
        return (
          <g key={key}>
            {value !== null && (
              <rect
                x={0}
                y={y + rowHeight / 2 - 5}
                width={Math.max(1, scale.position(value))}
                height={10}
                style={{ fill: colour, fillOpacity: pale ? 0.42 : 1, stroke: pale ? colour : 'none' }}
              />
            )}
            <text
              x={scale.position(value ?? 0) + 6}
              y={y + rowHeight / 2 + 4}
              className={value === null ? 'faint halo' : 'ink halo'}
            >
              {text}
            </text>
          </g>
        )
      })}
      {scale.ticks.map((tick) => (
        <text key={tick} x={scale.position(tick)} y={bottom + 14} className="faint" textAnchor="middle">
          {tickText(tick)}
        </text>
      ))}
    </svg>
  )
}

/** Shares of a whole by type, one row per type, from 0 to 100 %, with two measures of each side by side. */
interface ShareRow {
  readonly label: string
  /** 0..1; null if it was not counted. */
  readonly layers: number | null
  readonly weights: number | null
  /** In the claimed precision: drawn in full colour. */
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

interface ToleranceGaugeProps {
  /** Distance from perfect: 1 − cosine, an absolute error, a share that disagrees. 0 is perfect. */
  readonly distance: number
  /** The largest allowed distance; null if there is no limit. */
  readonly limit: number | null
  readonly colour: string
  /** If true, perfect is at the left, otherwise at the right. */
  readonly perfectLeft: boolean
}

const width = 96
const inset = 4
/** Distances from one millionth to ten; values outside are drawn at the end. */
const decades = [-6, 1] as const

/** One figure and its limit on a logarithmic line: a tick for the limit, a dot for the figure. */
export function ToleranceGauge({ distance, limit, colour, perfectLeft }: ToleranceGaugeProps) {
  const position = (value: number) => {
    const decade = value > 0 ? Math.log10(value) : Number.NEGATIVE_INFINITY
    const share = Math.min(1, Math.max(0, (decade - decades[0]) / (decades[1] - decades[0])))
    return inset + (perfectLeft ? share : 1 - share) * (width - 2 * inset)
  }
  return (
    <svg className="chart" width={width} height={16} aria-hidden="true">
      <line className="axis" x1={0} x2={width} y1={8} y2={8} />
      {limit !== null && <line className="interval" x1={position(limit)} x2={position(limit)} y1={2} y2={14} />}
      <circle cx={position(distance)} cy={8} r={3.5} style={{ fill: colour }} />
    </svg>
  )
}
