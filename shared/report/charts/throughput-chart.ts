// Images per second by batch size (log₂), one line per case labelled at its end. FP32 lines are dashed. Points that
// were not measured leave a gap.
import { isMeasured, type MeasuredFigure } from '../../domain/figure.ts'
import type { CaseRecord, RunRecord } from '../../domain/run.ts'
import { rangeOf } from '../../statistics/descriptive.ts'
import { caseName } from '../case-words.ts'
import { type Markup, markup, nothing } from '../markup.ts'
import { mark, uprightWhisker } from './cell.ts'
import { spreadApart, tickText, zeroScale } from './scale.ts'

const [width, height, left, right, top, bottom] = [1032, 260, 52, 340, 12, 34]

interface Point {
  readonly batchSize: number
  readonly figure: MeasuredFigure
}

interface Series {
  readonly entry: CaseRecord
  readonly points: readonly Point[]
}

function throughputSeries({ groups }: RunRecord): readonly Series[] {
  const ascending = [...groups].sort((first, second) => first.batchSize - second.batchSize)
  const series = new Map<string, { entry: CaseRecord; points: Point[] }>()
  for (const { cases } of groups) {
    for (const entry of cases) {
      const known = series.get(entry.caseKey)
      if (known) known.entry = entry
      else series.set(entry.caseKey, { entry, points: [] })
    }
  }
  for (const { batchSize, cases } of ascending) {
    for (const { caseKey, state, imagesPerSecond: figure } of cases) {
      if (state === 'completed' && isMeasured(figure)) series.get(caseKey)?.points.push({ batchSize, figure })
    }
  }
  return [...series.values()]
}

export function throughputChart(record: RunRecord): Markup {
  const series = throughputSeries(record).filter(({ points }) => points.length > 0)
  const sizes = [...new Set(record.groups.map(({ batchSize }) => batchSize))].sort((first, second) => first - second)
  const plotWidth = width - left - right
  const reached = series.flatMap(({ points }) => points.map(({ figure }) => figure.interval?.high ?? figure.value))
  const largest = Math.max(0, rangeOf(reached).most)
  const scale = zeroScale(largest, height - top - bottom, 4)
  const [first, last] = [Math.log2(sizes[0] ?? 1), Math.log2(sizes.at(-1) ?? 1)]
  const x = (batchSize: number) =>
    left + (last === first ? plotWidth : ((Math.log2(batchSize) - first) / (last - first)) * plotWidth)
  const y = (value: number) => height - bottom - scale.position(value)
  const rows = scale.ticks.map(
    (tick) =>
      markup`<line x1="${left}" x2="${left + plotWidth}" y1="${y(tick)}" y2="${y(tick)}" class="${tick === 0 ? 'axis' : 'grid'}"/><text x="${left - 8}" y="${y(tick) + 4}" text-anchor="end">${tickText(tick)}</text>`,
  )
  const columns = sizes.map(
    (size) => markup`<text x="${x(size)}" y="${height - bottom + 16}" text-anchor="middle">${size}</text>`,
  )
  const ends = spreadApart(
    series.map(({ points }) => y(points.at(-1)?.figure.value ?? 0)),
    13,
    top + 4,
    height - bottom,
  )
  const lines = series.map(({ entry, points }, index) => line(entry, points, x, y, ends[index] ?? top))
  return markup`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Images per second by batch size">${rows}${columns}<text x="${left + plotWidth}" y="${height - 4}" text-anchor="end" class="note">batch (log₂)</text>${lines}</svg>`
}

function line(
  entry: CaseRecord,
  points: readonly Point[],
  x: (size: number) => number,
  y: (value: number) => number,
  labelAt: number,
): Markup {
  const path = points
    .map(
      ({ batchSize, figure }, index) =>
        `${index === 0 ? 'M' : 'L'}${x(batchSize).toFixed(1)} ${y(figure.value).toFixed(1)}`,
    )
    .join('')
  const dashed = entry.precision === 'fp32' || entry.backend === 'simulated' ? 'dashed' : ''
  const marks = points.map(({ batchSize, figure }) => {
    const interval =
      figure.interval === null ? nothing : uprightWhisker(x(batchSize), y(figure.interval.low), y(figure.interval.high))
    return markup`${interval}${mark(entry, x(batchSize), y(figure.value))}`
  })
  const end = points.at(-1)
  const label =
    end === undefined
      ? nothing
      : markup`<text x="${x(end.batchSize) + 12}" y="${labelAt + 4}" class="ink">${caseName(entry)}${proofNote(entry)}</text>`
  return markup`<path d="${path}" class="line ${dashed} b-${entry.backend}"/>${marks}${label}`
}

/** The actual precision, if it differs from the name. */
function proofNote({ precisionProof }: CaseRecord): Markup {
  return precisionProof === null || precisionProof.holds
    ? nothing
    : markup`<tspan class="note"> ${precisionProof.label}</tspan>`
}
