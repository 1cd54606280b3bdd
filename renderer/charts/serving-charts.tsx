// Charts of the two serving scenarios: latency by arrival rate, and offline throughput.
import type { CaseRecord } from '../../shared/domain/run.ts'
import type { ServingTrial } from '../../shared/passes/server.ts'
import { spreadApart, tickText, zeroScale } from '../../shared/report/charts/scale.ts'
import { countText } from '../../shared/report/figure-text.ts'
import { backendColour } from '../components/backend-mark.tsx'
import { RowName, rowNameWidth, ValueGrid } from './chart-frame.tsx'

interface ServingLine {
  readonly record: CaseRecord
  readonly name: string
  readonly trials: readonly ServingTrial[]
}

interface ServingLinesProps {
  readonly lines: readonly ServingLine[]
  readonly boundMs: number
  readonly width: number
  readonly height: number
}

const [left, labelRoom, top, bottom] = [44, 196, 16, 34]

/**
 * Latency at the requested percentile by arrivals per second, one line per case, with the bound as a line across. Both
 * axes start at zero; values far above the bound are arrows at the top edge. A trial that kept the bound is filled, one
 * that did not is hollow.
 */
export function ServingLines({ lines, boundMs, width, height }: ServingLinesProps) {
  const right = width - labelRoom
  const fastest = Math.max(0, ...lines.flatMap(({ trials }) => trials.map(({ ratePerSecond }) => ratePerSecond)))
  const across = zeroScale(fastest, right - left, 5)
  const upwards = zeroScale(boundMs * 2, height - top - bottom, 4)
  const x = (rate: number) => left + across.position(rate)
  const y = (ms: number) => height - bottom - upwards.position(Math.min(ms, upwards.max))
  const drawn = lines.map((line) => ({ ...line, points: pointsOf(line.trials, x, y, upwards.max) }))
  const labelYs = spreadApart(
    drawn.map(({ points }) => points.at(-1)?.y ?? 0),
    14,
    top,
    height - bottom,
  )
  return (
    <svg
      className="chart"
      width={width}
      height={height}
      role="img"
      aria-label="Latency by arrival rate for every candidate; trials are in the table"
    >
      {upwards.ticks.map((tick) => (
        <g key={tick}>
          <line x1={left} x2={right} y1={y(tick)} y2={y(tick)} className={tick === 0 ? 'axis' : 'grid'} />
          <text x={left - 8} y={y(tick) + 3.5} textAnchor="end" className="faint">
            {tickText(tick)}
          </text>
        </g>
      ))}
      {across.ticks.map((tick) => (
        <text key={tick} x={x(tick)} y={height - bottom + 15} textAnchor="middle" className="faint">
          {tickText(tick)}
        </text>
      ))}
      <text x={right} y={height - 3} textAnchor="end" className="faint">
        arrivals / s
      </text>
      <line x1={left} x2={right} y1={y(boundMs)} y2={y(boundMs)} className="bound" />
      <text x={left + 6} y={y(boundMs) - 5} className="ink halo">
        bound {tickText(boundMs)} ms
      </text>
      {drawn.map(({ record, name, points }, index) => {
        const last = points.at(-1)
        const colour = backendColour(record.backend)
        const dashed = record.precision === 'fp32' || record.backend === 'simulated'
        return (
          <g key={record.caseKey} style={{ stroke: colour }}>
            <path fill="none" strokeWidth={1.5} strokeDasharray={dashed ? '4 3' : undefined} d={lineOf(points)} />
            {points.map((point) => (
              <path
                key={point.rate}
                strokeWidth={1.5}
                style={{ fill: point.keepsBound ? colour : 'var(--ground)' }}
                d={
                  point.beyond
                    ? `M${point.x} ${point.y - 5}l4 7h-8z`
                    : `M${point.x - 3} ${point.y}a3 3 0 1 0 6 0a3 3 0 1 0-6 0z`
                }
              />
            ))}
            {last && (
              <>
                <path
                  className="leader"
                  fill="none"
                  d={`M${last.x + 6} ${last.y}L${right + 4} ${labelYs[index] ?? last.y}`}
                />
                <text x={right + 8} y={(labelYs[index] ?? last.y) + 4} className="ink" stroke="none">
                  {name}
                </text>
              </>
            )}
          </g>
        )
      })}
    </svg>
  )
}

interface Point {
  readonly rate: number
  readonly x: number
  readonly y: number
  readonly keepsBound: boolean
  /** Above the axis. */
  readonly beyond: boolean
}

/** Nothing is drawn between two points that are both beyond the axis. */
function lineOf(points: readonly Point[]): string {
  return points
    .map((point, at) => {
      const joined = at > 0 && !(point.beyond && points[at - 1]?.beyond)
      return `${joined ? 'L' : 'M'}${point.x} ${point.y}`
    })
    .join('')
}

/** By rate; a trial without a known latency is left out. */
function pointsOf(
  trials: readonly ServingTrial[],
  x: (rate: number) => number,
  y: (ms: number) => number,
  topMs: number,
): readonly Point[] {
  return [...trials]
    .sort((a, b) => a.ratePerSecond - b.ratePerSecond)
    .flatMap(({ ratePerSecond, latencyMs, keepsBound }) =>
      latencyMs.value === null
        ? []
        : [
            {
              rate: ratePerSecond,
              x: x(ratePerSecond),
              y: y(latencyMs.value),
              keepsBound,
              beyond: latencyMs.value > topMs,
            },
          ],
    )
}

interface OfflineBarsProps {
  readonly rows: readonly { readonly record: CaseRecord; readonly imagesPerSecond: number }[]
  readonly width: number
}

const rowHeight = 26
const figureRoom = 62

/** Offline throughput in images per second, one bar per case from zero. No interval: it is one run of all images. */
export function OfflineBars({ rows, width }: OfflineBarsProps) {
  const largest = Math.max(0, ...rows.map(({ imagesPerSecond }) => imagesPerSecond))
  const scale = zeroScale(largest, width - rowNameWidth - figureRoom, 3)
  const height = rows.length * rowHeight
  return (
    <svg
      className="chart"
      width={width}
      height={height + 20}
      role="img"
      aria-label="Images per second of every candidate"
    >
      <ValueGrid scale={scale} left={rowNameWidth} height={height} />
      {rows.map(({ record, imagesPerSecond }, index) => {
        const pale = record.precision === 'fp32' || record.backend === 'simulated'
        const colour = backendColour(record.backend)
        const length = scale.position(imagesPerSecond)
        return (
          <g key={record.caseKey} transform={`translate(0 ${index * rowHeight})`}>
            <RowName record={record} y={rowHeight / 2} />
            <rect
              x={rowNameWidth}
              y={rowHeight / 2 - 6}
              width={length}
              height={12}
              style={{
                fill: colour,
                fillOpacity: record.backend === 'simulated' ? 0.12 : pale ? 0.42 : 1,
                stroke: pale ? colour : 'none',
                strokeDasharray: record.backend === 'simulated' ? '3 2' : undefined,
              }}
            />
            <text x={rowNameWidth + length + 7} y={rowHeight / 2 + 4} className="ink halo">
              {countText(imagesPerSecond)}
            </text>
          </g>
        )
      })}
    </svg>
  )
}
