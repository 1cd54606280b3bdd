// How the interval of one comparison narrowed from launch to launch: the interval as a band around the estimate, a
// whisker at each look, 1 and the margin behind them. The layout is the report's.
import type { BackendId } from '../../shared/domain/backend.ts'
import type { Narrowing } from '../../shared/report/charts/narrowing.ts'
import { backendColour } from '../components/backend-mark.tsx'

interface NarrowingChartProps {
  readonly chart: Narrowing
  readonly backend: BackendId
}

export function NarrowingChart({ chart, backend }: NarrowingChartProps) {
  const { width, height, plot, band, oneY } = chart
  const colour = backendColour(backend)
  const [plotWidth, plotHeight] = [plot.right - plot.left, plot.bottom - plot.top]
  return (
    <svg className="chart" width={width} height={height} role="img" aria-label={chart.summary}>
      {band && (
        <rect
          className="margin-band"
          x={plot.left}
          y={band.top}
          width={plotWidth}
          height={Math.max(0.5, band.bottom - band.top)}
        />
      )}
      {chart.yTicks.map(({ at, text }) => (
        <g key={text}>
          <line x1={plot.left} x2={plot.right} y1={at} y2={at} className="grid" />
          <text x={plot.left - 6} y={at + 3.5} textAnchor="end" className="faint">
            {text}
          </text>
        </g>
      ))}
      {chart.xTicks.map(({ at, text }) => (
        <g key={text}>
          <line x1={at} x2={at} y1={plot.top} y2={plot.bottom} className="grid" />
          <text x={at} y={plot.bottom + 13} textAnchor="middle" className="faint">
            {text}
          </text>
        </g>
      ))}
      <line x1={plot.left} x2={plot.right} y1={oneY} y2={oneY} className="one" />
      <line x1={plot.left} x2={plot.left} y1={plot.top} y2={plot.bottom} className="axis" />
      <svg aria-hidden="true" className="clipped" x={plot.left} y={plot.top} width={plotWidth} height={plotHeight}>
        <path d={chart.area} style={{ fill: colour, fillOpacity: 0.22 }} />
        <path d={chart.line} style={{ fill: 'none', stroke: colour, strokeWidth: 1.5 }} />
      </svg>
      {chart.looks.map(({ launches, x, y, lowY, highY, title }) => (
        <g key={launches}>
          <title>{title}</title>
          <path
            className="interval"
            fill="none"
            d={`M${x} ${lowY}V${highY}M${x - 3.5} ${lowY}H${x + 3.5}M${x - 3.5} ${highY}H${x + 3.5}`}
          />
          <circle cx={x} cy={y} r={3} style={{ fill: colour }} />
        </g>
      ))}
    </svg>
  )
}
