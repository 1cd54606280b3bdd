// The position of each case under its device's roofline; both axes are logarithmic. All positions come from the
// report's geometry, so that window and report agree; this only draws.
import type { Roofline } from '../../shared/report/charts/roofline.ts'
import { backendColour, MarkShape } from '../components/backend-mark.tsx'

interface RooflineChartProps {
  readonly roofline: Roofline
  readonly selectedKey: string
}

export function RooflineChart({ roofline, selectedKey }: RooflineChartProps) {
  const { width, height, plot, xTicks, yTicks, roofs, marks } = roofline
  return (
    <svg
      className="chart"
      width={width}
      height={height}
      role="img"
      aria-label="Operations per second of every candidate under the device's roofline; figures are in the table"
    >
      {yTicks.map(({ at, text }) => (
        <g key={text}>
          <line x1={plot.left} x2={plot.right} y1={at} y2={at} className="grid" />
          <text x={plot.left - 8} y={at + 3.5} className="faint" textAnchor="end">
            {text}
          </text>
        </g>
      ))}
      {xTicks.map(({ at, text }) => (
        <g key={text}>
          <line x1={at} x2={at} y1={plot.top} y2={plot.bottom} className="grid" />
          <text x={at} y={plot.bottom + 15} className="faint" textAnchor="middle">
            {text}
          </text>
        </g>
      ))}
      <path className="axis" fill="none" d={`M${plot.left} ${plot.top}V${plot.bottom}H${plot.right}`} />
      <text x={plot.right} y={plot.bottom + 31} textAnchor="end" className="faint">
        {roofline.xTitle}
      </text>
      <text x={plot.left + 6} y={plot.top + 10} className="faint halo">
        {roofline.yTitle}
      </text>
      {roofs.map(({ label, points, labelY }) => (
        <g key={label}>
          <path
            className="roof"
            fill="none"
            d={points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('')}
          />
          <text x={plot.right - 4} y={labelY} textAnchor="end" className="halo">
            {label}
          </text>
        </g>
      ))}
      {marks.map((mark) => (
        <g key={mark.caseKey}>
          <line
            x1={mark.x}
            x2={mark.x}
            y1={mark.y}
            y2={mark.roofY}
            style={{ stroke: backendColour(mark.backend), strokeDasharray: '1 3' }}
          />
          <path
            className="leader"
            fill="none"
            d={`M${mark.x + 6} ${mark.y}L${plot.right + 4} ${mark.labelY}`}
            style={{ opacity: mark.caseKey === selectedKey ? 1 : 0.5 }}
          />
          <MarkShape backend={mark.backend} precision={mark.precision} x={mark.x} y={mark.y} />
          <text x={plot.right + 8} y={mark.labelY + 4} className={mark.caseKey === selectedKey ? 'ink bold' : 'ink'}>
            {mark.label}
          </text>
        </g>
      ))}
    </svg>
  )
}
