// Images a second with all of them there at once, a bar a case from zero. No interval: it is one run of all images.
import type { CaseRecord } from '../../shared/domain/run.ts'
import { zeroScale } from '../../shared/report/charts/scale.ts'
import { countText } from '../../shared/report/figure-text.ts'
import { backendColour } from '../components/backend-mark.tsx'
import { RowName, rowNameWidth, ValueGrid } from './chart-row.tsx'

interface OfflineBarsProps {
  readonly rows: readonly { readonly record: CaseRecord; readonly imagesPerSecond: number }[]
  readonly width: number
}

const rowHeight = 26
const figureRoom = 62

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
      aria-label="Images a second of every candidate"
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
