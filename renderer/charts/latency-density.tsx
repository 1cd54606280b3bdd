// Every sample of every row as a density on one shared axis from zero, with p50, p95 and p99 as ticks below; zoomed,
// each row runs from zero to twice its own median so that narrow ones can be seen.
import { useMemo } from 'react'
import type { BackendId } from '../../shared/domain/backend.ts'
import type { Figure } from '../../shared/domain/figure.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { type Scale, tickText } from '../../shared/report/charts/scale.ts'
import { backendColour } from '../components/backend-mark.tsx'
import { summarisedSamples } from './sample-cloud.ts'

interface DensityRow {
  readonly caseKey: string
  readonly backend: BackendId
  readonly precision: Precision
  readonly percentiles: readonly Figure[]
  /** Null while it loads or if nothing was measured. */
  readonly blocks: readonly SampleBlock[] | null
  /** End of this row's axis, ms. */
  readonly axisMaxMs: number
}

interface LatencyDensityProps {
  readonly rows: readonly DensityRow[]
  readonly width: number
  readonly rowHeight: number
  /** The shared axis; null when each row has its own. */
  readonly shared: Scale | null
}

export function LatencyDensity({ rows, width, rowHeight, shared }: LatencyDensityProps) {
  const height = rows.length * rowHeight
  return (
    <svg className="chart" width={width} height={height + 20} aria-hidden="true">
      <line x1={0} x2={0} y1={0} y2={height} className="axis" />
      {shared?.ticks.map((tick) => (
        <g key={tick}>
          {tick > 0 && (
            <line x1={shared.position(tick)} x2={shared.position(tick)} y1={0} y2={height} className="grid" />
          )}
          <text x={shared.position(tick)} y={height + 14} className="faint" textAnchor="middle">
            {tickText(tick)}
          </text>
        </g>
      ))}
      {!shared && (
        <>
          <line x1={width / 2} x2={width / 2} y1={0} y2={height} className="grid" />
          <text x={0} y={height + 14} className="faint" textAnchor="middle">
            0
          </text>
          <text x={width / 2} y={height + 14} className="faint" textAnchor="middle">
            each row's median
          </text>
          <text x={width} y={height + 14} className="faint" textAnchor="end">
            2 ×
          </text>
        </>
      )}
      {rows.map((row, index) => (
        <DensityMark key={row.caseKey} row={row} baseY={index * rowHeight + rowHeight * 0.68} width={width} />
      ))}
    </svg>
  )
}

function DensityMark({
  row,
  baseY,
  width,
}: {
  readonly row: DensityRow
  readonly baseY: number
  readonly width: number
}) {
  const { blocks, axisMaxMs } = row
  const density = useMemo(
    () => blocks && densityOf(summarisedSamples(blocks), axisMaxMs, Math.max(40, width)),
    [blocks, axisMaxMs, width],
  )
  if (!density) return null
  const colour = backendColour(row.backend)
  const pale = row.precision === 'fp32' || row.backend === 'simulated'
  return (
    <g>
      <path
        d={densityPath(density, width, baseY, 18)}
        style={{ fill: colour, fillOpacity: pale ? 0.45 : 0.85, stroke: colour, strokeWidth: 0.75 }}
      />
      {row.percentiles.map(
        (figure, index) =>
          figure.value !== null &&
          figure.value <= row.axisMaxMs && (
            <line
              // biome-ignore lint/suspicious/noArrayIndexKey: percentiles are fixed in number and order
              key={index}
              x1={(figure.value / row.axisMaxMs) * width}
              x2={(figure.value / row.axisMaxMs) * width}
              y1={baseY + 2}
              y2={baseY + 5}
              className="interval"
              style={{ opacity: 1 - index * 0.25 }}
            />
          ),
      )}
      {density.beyond > 0 && (
        <text x={width} y={baseY - 8} className="faint halo" textAnchor="end">
          {density.beyond} beyond
        </text>
      )}
    </g>
  )
}

/**
 * The density of one case's samples along an axis: counts per pixel, lightly smoothed, with a maximum of 1. Counts only
 * samples on the axis; the caller reports how many are beyond it.
 */
interface Density {
  readonly heights: Float64Array
  readonly beyond: number
}

const kernel = [0.06, 0.24, 0.4, 0.24, 0.06]

export function densityOf(latenciesMs: Iterable<number>, axisMaxMs: number, columns: number): Density {
  const counts = new Float64Array(columns)
  let beyond = 0
  for (const latencyMs of latenciesMs) {
    const column = Math.floor((latencyMs / axisMaxMs) * columns)
    if (column >= columns) beyond += 1
    else counts[column] = (counts[column] ?? 0) + 1
  }
  const heights = new Float64Array(columns)
  let tallest = 0
  for (let column = 0; column < columns; column += 1) {
    let height = 0
    kernel.forEach((weight, offset) => {
      height += weight * (counts[column + offset - 2] ?? 0)
    })
    heights[column] = height
    tallest = Math.max(tallest, height)
  }
  if (tallest > 0)
    for (let column = 0; column < columns; column += 1) heights[column] = (heights[column] ?? 0) / tallest
  return { heights, beyond }
}

/** The outline as an SVG path with its base at `baseY`, at most `height` tall. */
function densityPath(density: Density, width: number, baseY: number, height: number): string {
  const { heights } = density
  const step = width / heights.length
  const points: string[] = []
  heights.forEach((share, column) => {
    if (share > 0.004 || (heights[column - 1] ?? 0) > 0.004 || (heights[column + 1] ?? 0) > 0.004) {
      points.push(`${((column + 0.5) * step).toFixed(1)} ${(baseY - share * height).toFixed(1)}`)
    }
  })
  const first = points[0]?.split(' ')[0]
  const last = points.at(-1)?.split(' ')[0]
  return points.length === 0 ? '' : `M${first} ${baseY}L${points.join('L')}L${last} ${baseY}z`
}
