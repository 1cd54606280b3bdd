// Images per second by batch size (log₂), one line per candidate, labelled at its end. FP32 lines are dashed.
import { CartesianGrid, ErrorBar, Line, LineChart, XAxis, YAxis } from 'recharts'
import type { BackendId } from '../../shared/domain/backend.ts'
import type { Figure } from '../../shared/domain/figure.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import { tickText, zeroScale } from '../../shared/report/charts/scale.ts'
import { backendColour, MarkShape } from '../components/backend-mark.tsx'

export interface ThroughputSeries {
  readonly caseKey: string
  readonly name: string
  readonly backend: BackendId
  readonly precision: Precision
  readonly points: readonly { readonly batchSize: number; readonly imagesPerSecond: Figure }[]
}

interface ThroughputLinesProps {
  readonly series: readonly ThroughputSeries[]
  readonly width: number
  readonly height: number
}

const labelWidth = 150

export function ThroughputLines({ series, width, height }: ThroughputLinesProps) {
  const batchSizes = [...new Set(series.flatMap(({ points }) => points.map(({ batchSize }) => batchSize)))].sort(
    (a, b) => a - b,
  )
  const largest = Math.max(
    0,
    ...series.flatMap(({ points }) => points.map(({ imagesPerSecond }) => highEnd(imagesPerSecond))),
  )
  const scale = zeroScale(largest, height, 4)
  const data = batchSizes.map((batchSize) => ({ batchSize, log2: Math.log2(batchSize), ...rowOf(series, batchSize) }))
  const single = batchSizes.length === 1
  const first = Math.log2(batchSizes[0] ?? 1)
  const last = Math.log2(batchSizes.at(-1) ?? 1)
  const labels = labelPositions(series, scale.max, height - 46)
  return (
    <LineChart
      data={data}
      width={width}
      height={height}
      margin={{ top: 14, right: labelWidth, bottom: 4, left: 0 }}
      accessibilityLayer={false}
    >
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis
        type="number"
        dataKey="log2"
        domain={single ? [first - 1, last + 1] : [first, last]}
        ticks={batchSizes.map(Math.log2)}
        tickFormatter={(log2: number) => tickText(2 ** log2)}
        height={28}
        tickLine={false}
        stroke="var(--line-strong)"
        padding={{ left: 12, right: 8 }}
        label={{ value: 'batch (log₂)', position: 'right', offset: 10 }}
      />
      <YAxis
        domain={[0, scale.max]}
        ticks={[...scale.ticks]}
        tickFormatter={tickText}
        width={44}
        tickLine={false}
        axisLine={false}
      />
      {series.map((each, seriesIndex) => (
        <Line
          key={each.caseKey}
          dataKey={`value-${seriesIndex}`}
          name={each.name}
          stroke={backendColour(each.backend)}
          strokeDasharray={each.precision === 'fp32' || each.backend === 'simulated' ? '4 3' : '0'}
          strokeWidth={1.5}
          isAnimationActive={false}
          connectNulls={false}
          dot={({ cx, cy, index }) => (
            <g key={`${each.caseKey}-${index}`}>
              {typeof cy === 'number' && (
                <>
                  <MarkShape backend={each.backend} precision={each.precision} x={Number(cx)} y={cy} radius={3.5} />
                  {index === data.length - 1 && (
                    <text x={Number(cx) + 12} y={labels.get(each.caseKey) ?? cy} className="ink halo">
                      {each.name}
                    </text>
                  )}
                </>
              )}
            </g>
          )}
        >
          <ErrorBar
            dataKey={`interval-${seriesIndex}`}
            width={3}
            strokeWidth={1}
            stroke={backendColour(each.backend)}
            isAnimationActive={false}
          />
        </Line>
      ))}
    </LineChart>
  )
}

function rowOf(series: readonly ThroughputSeries[], batchSize: number): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (const [index, each] of series.entries()) {
    const figure = each.points.find((point) => point.batchSize === batchSize)?.imagesPerSecond
    if (!figure || figure.value === null) continue
    row[`value-${index}`] = figure.value
    if (figure.interval) {
      row[`interval-${index}`] = [figure.value - figure.interval.low, figure.interval.high - figure.value]
    }
  }
  return row
}

function highEnd(figure: Figure): number {
  return figure.value === null ? 0 : (figure.interval?.high ?? figure.value)
}

/** Positions of the labels without overlap: at their line's end, moved apart to 13 px. */
function labelPositions(series: readonly ThroughputSeries[], max: number, plotHeight: number): Map<string, number> {
  const ends = series
    .map(({ caseKey, points }) => ({ caseKey, value: points.at(-1)?.imagesPerSecond.value ?? null }))
    .filter((end): end is { caseKey: string; value: number } => end.value !== null)
    .map(({ caseKey, value }) => ({ caseKey, y: 14 + plotHeight * (1 - value / max) + 4 }))
    .sort((a, b) => b.y - a.y)
  let floor = Number.POSITIVE_INFINITY
  for (const end of ends) {
    end.y = Math.min(end.y, floor)
    floor = end.y - 13
  }
  return new Map(ends.map(({ caseKey, y }) => [caseKey, y]))
}
