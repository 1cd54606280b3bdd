// Noise floors on one axis from zero, %: one tick per preset with its interval, and a line at the floor above which a
// machine cannot tell enough apart.
import type { NoiseFloor } from '../../shared/domain/noise-floor.ts'
import { zeroScale } from '../../shared/report/charts/scale.ts'
import { poorFloor } from '../../shared/statistics/verdict.ts'
import { ValueGrid, Whisker } from './chart-frame.tsx'

interface FloorMarksProps {
  readonly floors: readonly NoiseFloor[]
  readonly width: number
}

const rowHeight = 20
const [left, right] = [64, 14]

export function FloorMarks({ floors, width }: FloorMarksProps) {
  const reach = Math.max(poorFloor * 100, ...floors.map(({ interval }) => interval.high * 100))
  const scale = zeroScale(reach * 1.05, width - left - right, 5)
  const at = (share: number) => left + scale.position(share * 100)
  const height = floors.length * rowHeight
  return (
    <svg
      className="chart"
      width={width}
      height={height + 20}
      role="img"
      aria-label="Noise floors of this machine; figures are in the list"
    >
      <ValueGrid scale={scale} left={left} height={height} />
      <line x1={at(poorFloor)} x2={at(poorFloor)} y1={0} y2={height} className="poor-floor" />
      {floors.map(({ preset, value, interval }, index) => {
        const y = index * rowHeight + rowHeight / 2
        return (
          <g key={preset}>
            <text x={0} y={y + 4} className="ink">
              {preset}
            </text>
            <Whisker low={at(interval.low)} high={at(interval.high)} y={y} />
            <circle cx={at(value)} cy={y} r={3.5} className="floor-mark" />
          </g>
        )
      })}
    </svg>
  )
}
