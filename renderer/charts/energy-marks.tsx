// Energy of each row on one axis from zero, joules an image, gross. What was not measured is a dash with its reason;
// where no row was, there is no axis.
import type { BackendId } from '../../shared/domain/backend.ts'
import type { Figure } from '../../shared/domain/figure.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import { zeroScale } from '../../shared/report/charts/scale.ts'
import { numberText } from '../../shared/report/figure-text.ts'
import { MarkShape } from '../components/backend-mark.tsx'
import { ValueGrid } from './chart-row.tsx'

interface EnergyRow {
  readonly caseKey: string
  readonly backend: BackendId
  readonly precision: Precision
  readonly joules: Figure
}

interface EnergyMarksProps {
  readonly rows: readonly EnergyRow[]
  readonly width: number
  readonly rowHeight: number
}

const labelWidth = 36

export function EnergyMarks({ rows, width, rowHeight }: EnergyMarksProps) {
  const height = rows.length * rowHeight
  const known = rows.flatMap(({ joules }) => (joules.value === null ? [] : [joules.interval?.high ?? joules.value]))
  const scale = known.length > 0 ? zeroScale(Math.max(...known), width - labelWidth, 2) : null
  return (
    <svg className="chart" width={width} height={height + 20} aria-hidden="true">
      {scale && <ValueGrid scale={scale} left={0} height={height} />}
      {rows.map(({ caseKey, backend, precision, joules }, index) => {
        const y = index * rowHeight + rowHeight / 2
        if (joules.value === null || scale === null) {
          return (
            <text key={caseKey} x={2} y={y + 4} className="faint">
              –
            </text>
          )
        }
        const x = scale.position(joules.value)
        return (
          <g key={caseKey}>
            {joules.interval && (
              <path
                className="interval"
                fill="none"
                d={`M${scale.position(joules.interval.low)} ${y}H${scale.position(joules.interval.high)}`}
              />
            )}
            <MarkShape backend={backend} precision={precision} x={x} y={y} radius={3.5} />
            <text x={x + 8} y={y + 4} className="ink halo">
              {numberText(joules.value)}
            </text>
          </g>
        )
      })}
    </svg>
  )
}
