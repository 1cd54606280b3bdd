// One measure of several artifacts, a row each, from zero: bars in the backend's colour, paler for FP32.
import type { BackendId } from '../../shared/domain/backend.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import { tickText, zeroScale } from '../../shared/report/charts/scale.ts'
import { backendColour } from '../components/backend-mark.tsx'

export interface ArtifactBar {
  readonly key: string
  readonly backend: BackendId
  readonly precision: Precision
  /** In the unit of the axis; null where it is not known. */
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
