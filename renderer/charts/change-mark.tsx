// How much one figure changed, as a mark with its interval against zero; the band is what counts as the same.
import type { BackendId } from '../../shared/domain/backend.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import type { Change } from '../../shared/statistics/compare-runs.ts'
import { backendColour, MarkShape } from '../components/backend-mark.tsx'

interface ChangeMarkProps {
  readonly change: Pick<Change, 'ratio' | 'interval' | 'verdict'>
  readonly backend: BackendId
  readonly precision: Precision
  /** Share of 1 that counts as the same. */
  readonly margin: number
  /** The change at either end of the axis, the same for all marks of a table. */
  readonly reach: number
}

export const changeMarkWidth = 86
const height = 28

export function ChangeMark({ change, backend, precision, margin, reach }: ChangeMarkProps) {
  const { ratio, interval, verdict } = change
  const x = (value: number) => {
    const share = Math.max(-1, Math.min(1, (value - 1) / reach))
    return changeMarkWidth / 2 + (share * (changeMarkWidth - 12)) / 2
  }
  const [middle, y] = [x(1), height / 2]
  return (
    <svg className="chart change-mark" width={changeMarkWidth} height={height} aria-hidden="true">
      <rect className="margin-band" x={x(1 - margin)} y={3} width={x(1 + margin) - x(1 - margin)} height={height - 6} />
      <line className="axis" x1={middle} x2={middle} y1={3} y2={height - 3} />
      {interval && (
        <line
          x1={x(interval.low)}
          x2={x(interval.high)}
          y1={y}
          y2={y}
          style={{ stroke: backendColour(backend), strokeWidth: 1.5 }}
        />
      )}
      {ratio !== null && verdict !== null && (
        <MarkShape backend={backend} precision={precision} x={x(ratio)} y={y} radius={3.4} />
      )}
    </svg>
  )
}

/** The least round share that holds every interval, at least 5 %, at most 100 %. */
export function changeReach(changes: readonly Pick<Change, 'ratio' | 'interval'>[]): number {
  const shares = changes.flatMap(({ ratio, interval }) =>
    interval === null ? (ratio ?? 1) - 1 : [interval.low - 1, interval.high - 1],
  )
  const largest = Math.max(0, ...shares.map(Math.abs))
  return [0.05, 0.1, 0.2, 0.5].find((reach) => reach >= largest) ?? 1
}
