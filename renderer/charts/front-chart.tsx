// Throughput over latency, one mark for each option, with both intervals. The line is the front: options that no other
// within the limits beats in both. What is over the latency limit lies on a shaded ground; the recommended option has a ring.
import { isMeasured } from '../../shared/domain/figure.ts'
import { tickText, zeroScale } from '../../shared/report/charts/scale.ts'
import { optionName } from '../../shared/report/decision-words.ts'
import { countText } from '../../shared/report/figure-text.ts'
import type { JudgedOption } from '../../shared/statistics/decide.ts'
import { backendColour, MarkShape } from '../components/backend-mark.tsx'

interface FrontChartProps {
  readonly options: readonly JudgedOption[]
  readonly recommended: JudgedOption | null
  /** The options that cannot be told from it, itself included; empty without a tie. */
  readonly tied: readonly JudgedOption[]
  readonly latency: 'p50' | 'p99'
  /** In ms; null without a limit. */
  readonly limitMs: number | null
  readonly chosen: JudgedOption | null
  readonly width: number
  readonly height: number
}

const [left, bottom, top, right] = [54, 34, 22, 16]

export function FrontChart({ options, recommended, tied, latency, limitMs, chosen, width, height }: FrontChartProps) {
  const points = options.flatMap((option) => {
    const [own, rate] = [option.entry.latencyMs[latency], option.entry.imagesPerSecond]
    return isMeasured(own) && isMeasured(rate) ? [{ option, own, rate }] : []
  })
  const [plotWidth, plotHeight] = [Math.max(60, width - left - right), height - top - bottom]
  const latencies = points.map(({ own }) => own.interval?.high ?? own.value)
  const horizontal = zeroScale(Math.max(0, ...latencies, limitMs ?? 0) * 1.05, plotWidth, 5)
  const vertical = zeroScale(
    Math.max(0, ...points.map(({ rate }) => rate.interval?.high ?? rate.value)) * 1.08,
    plotHeight,
    5,
  )
  const x = (value: number) => left + horizontal.position(value)
  const y = (value: number) => top + plotHeight - vertical.position(value)
  const front = points
    .filter(({ option }) => option.isOnFront)
    .toSorted((one, other) => one.own.value - other.own.value)
  const step = front.map(
    ({ own, rate }, index) => `${index === 0 ? `M${x(own.value)} ${y(0)}V` : `H${x(own.value)}V`}${y(rate.value)}`,
  )
  const launches = [...new Set(options.map(({ group }) => group.launches?.length ?? 0))]
  return (
    <svg
      className="chart"
      width={width}
      height={height}
      role="img"
      aria-label={`Images per second over ${latency} latency; the table below holds every value`}
    >
      {limitMs !== null && x(limitMs) < left + plotWidth && (
        <rect
          x={x(limitMs)}
          y={top}
          width={left + plotWidth - x(limitMs)}
          height={plotHeight}
          className="margin-band"
        />
      )}
      {vertical.ticks.map((tick) => (
        <g key={`y${tick}`}>
          <line x1={left} x2={left + plotWidth} y1={y(tick)} y2={y(tick)} className={tick === 0 ? 'axis' : 'grid'} />
          <text x={left - 8} y={y(tick) + 3.5} textAnchor="end" className="faint">
            {tickText(tick)}
          </text>
        </g>
      ))}
      {horizontal.ticks.map((tick) => (
        <g key={`x${tick}`}>
          <line x1={x(tick)} x2={x(tick)} y1={top} y2={top + plotHeight} className={tick === 0 ? 'axis' : 'grid'} />
          <text x={x(tick)} y={top + plotHeight + 14} textAnchor="middle" className="faint">
            {tickText(tick)}
          </text>
        </g>
      ))}
      <text x={0} y={10}>
        images / s
      </text>
      <text x={left + plotWidth} y={height - 4} textAnchor="end">
        {latency} latency, ms
      </text>
      <text x={left} y={height - 4} className="faint">
        n = {launches.map(countText).join(', ')} launches a point
      </text>
      {limitMs !== null && (
        <g>
          <line x1={x(limitMs)} x2={x(limitMs)} y1={top - 4} y2={top + plotHeight} className="one" />
          <text x={x(limitMs)} y={top - 8} textAnchor="middle" className="ink medium">
            {latency} ≤ {tickText(limitMs)} ms
          </text>
        </g>
      )}
      {step.length > 0 && <path d={step.join('')} fill="none" style={{ stroke: 'var(--ink-3)', strokeWidth: 1.25 }} />}
      {points.map(({ option, own, rate }) => {
        const { backend, precision } = option.entry
        const isOut = option.standing === 'missed' || option.standing === 'excluded'
        const [px, py] = [x(own.value), y(rate.value)]
        const style = { stroke: backendColour(backend), strokeWidth: 1.25 }
        return (
          <g key={optionName(option)} style={{ opacity: isOut ? 0.45 : 1 }}>
            {own.interval && <line x1={x(own.interval.low)} x2={x(own.interval.high)} y1={py} y2={py} style={style} />}
            {rate.interval && (
              <line x1={px} x2={px} y1={y(rate.interval.low)} y2={y(rate.interval.high)} style={style} />
            )}
            <MarkShape backend={backend} precision={precision} x={px} y={py} radius={4.2} />
            {(option === recommended || tied.includes(option)) && (
              <circle
                cx={px}
                cy={py}
                r={9}
                fill="none"
                style={{ stroke: 'var(--ink)', strokeWidth: 1.5, strokeDasharray: tied.length > 0 ? '3 2' : undefined }}
              />
            )}
            {(option === recommended || option === chosen) && (
              <text
                x={px + (px > left + plotWidth * 0.6 ? -13 : 13)}
                y={py + 4}
                textAnchor={px > left + plotWidth * 0.6 ? 'end' : 'start'}
                className="ink medium halo"
              >
                {optionName(option)}
              </text>
            )}
          </g>
        )
      })}
    </svg>
  )
}
