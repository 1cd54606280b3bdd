// What charts share: their width, the name of a row, a grid from zero, an interval.

import { useElementSize } from '@mantine/hooks'
import type { CaseRecord } from '../../shared/domain/run.ts'
import { caseName } from '../../shared/report/case-words.ts'
import { type Scale, tickText } from '../../shared/report/charts/scale.ts'
import { MarkShape } from '../components/backend-mark.tsx'

type NamedCase = Pick<CaseRecord, 'caseKey' | 'backend' | 'precision'>

/**
 * The parts shared by charts with one row per case: the case's mark and name on the left, and a grid from zero with
 * ticks.
 */
export const rowNameWidth = 196

export function RowName({ record, y }: { readonly record: NamedCase; readonly y: number }) {
  return (
    <g transform={`translate(0 ${y})`}>
      <MarkShape backend={record.backend} precision={record.precision} x={6} radius={3.8} />
      <text x={18} y={4} className="ink">
        {caseName(record)}
      </text>
    </g>
  )
}

interface ValueGridProps {
  readonly scale: Scale
  readonly left: number
  readonly height: number
}

export function ValueGrid({ scale, left, height }: ValueGridProps) {
  return (
    <>
      {scale.ticks.map((tick) => {
        const x = left + scale.position(tick)
        return (
          <g key={tick}>
            <line x1={x} x2={x} y1={0} y2={height} className={tick === 0 ? 'axis' : 'grid'} />
            <text x={x} y={height + 14} className="faint" textAnchor="middle">
              {tickText(tick)}
            </text>
          </g>
        )
      })}
    </>
  )
}

/** An interval as a line with ends, centred on a height. */
export function Whisker({ low, high, y }: { readonly low: number; readonly high: number; readonly y: number }) {
  return (
    <path
      className="interval"
      fill="none"
      d={`M${low} ${y}H${high}M${low} ${y - 3.5}V${y + 3.5}M${high} ${y - 3.5}V${y + 3.5}`}
    />
  )
}

/** The available width of a chart: that of its box, in whole pixels, updated when the window is resized. */
export function useChartWidth(fallback: number) {
  const { ref, width } = useElementSize<HTMLDivElement>()
  return { ref, width: width > 0 ? Math.floor(width) : fallback }
}
