// A sweep as Markdown and as a chart.
import { deviceKindOf } from '../domain/device.ts'
import { type Figure, isMeasured } from '../domain/figure.ts'
import type { SweepPoint, SweepRecord } from '../domain/sweep.ts'
import { caseName } from './case-words.ts'
import { spreadApart, tickText, zeroScale } from './charts/scale.ts'
import { mebibytesText, numberText } from './figure-text.ts'
import { code, escaped, factList, fenced } from './formats/markdown-text.ts'
import { type Markup, markup } from './markup.ts'
import { backendColour, tones } from './palette.ts'
import { machineFacts } from './run-facts.ts'

/**
 * A sweep as Markdown: where throughput stops growing, every point or why it is missing, the machine and the command
 * that repeats it. Escapes all outside text. The chart is sweep.svg in the same folder.
 */
export function sweepMarkdown(record: SweepRecord): string {
  const { modelName, state, simulated, error, plan, knees, points, notes, weights, command, sweepId, createdAt } =
    record
  const seeded = weights === 'seeded' ? ['> **Seeded weights: timing valid, predictions not.**'] : []
  const parts = [
    `# ${escaped(modelName)}: batch sweep, ${state}`,
    ...(simulated ? ['> **Simulated: nothing was computed.**'] : []),
    ...seeded,
    ...(error === null ? [] : [`> **${escaped(error.message)}** ${escaped(error.remedy)}`]),
    `Each point is measured once, for ${numberText(plan.pointMs / 1000)} s: enough to choose what to compare, not to claim a speedup. Not an MLPerf result.`,
    ...(knees.length === 0 ? [] : ['## Where throughput stops growing', kneeList(record)]),
    ...(points.some(({ state: ended }) => ended === 'measured') ? ['![Images per second by batch](sweep.svg)'] : []),
    ...(points.length === 0 ? [] : ['## Points', pointTable(points, plan.device)]),
    notes.map((note) => `- ${escaped(note)}`).join('\n'),
    '## Machine',
    factList(machineFacts(record)),
    '## Repeat it',
    fenced(command),
    `Sweep ${code(sweepId)}, ${escaped(createdAt)}.`,
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function kneeList({ knees }: SweepRecord): string {
  return knees
    .map((knee) => `- ${escaped(seriesName(knee))}: batch ${knee.batchSize} (${escaped(knee.reason)})`)
    .join('\n')
}

function pointTable(points: readonly SweepPoint[], device: SweepRecord['plan']['device']): string {
  const memory = deviceKindOf(device) === 'cuda' ? 'Allocator peak MiB' : 'Process memory (RSS) MiB'
  const head = ['Series', 'Batch', 'Median ms', 'images/s', memory, 'Estimated MiB', 'State']
  const rows = points.map((point) => [
    escaped(seriesName(point)),
    String(point.batchSize),
    shown(point.latencyMs, numberText),
    shown(point.imagesPerSecond, numberText),
    shown(point.memoryBytes, mebibytesText),
    point.predictedMemoryBytes === null ? '–' : mebibytesText(point.predictedMemoryBytes),
    escaped([point.state, point.reason].filter(Boolean).join(': ')),
  ])
  const alignments = head.map((_, index) => (index === 0 || index === 6 ? '---' : '---:'))
  return [head, alignments, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function shown(figure: Figure, text: (value: number) => string): string {
  return isMeasured(figure) ? text(figure.value) : '–'
}

// A sweep's images per second by batch (log₂), one line per series labelled at its end, with a ring at its knee. A
// separate file: it includes its colours and its background.

const [width, height, left, right, top, bottom] = [860, 300, 56, 270, 16, 40]
const { ground, line: grid, ink, 'ink-2': pale } = tones.light

type SeriesKey = Pick<SweepPoint, 'backend' | 'precision' | 'artifact' | 'streams'>

interface Dot {
  readonly batchSize: number
  readonly value: number
}

interface Line {
  readonly key: SeriesKey
  /** Batches ascending. */
  readonly dots: readonly Dot[]
}

/** `ONNX Runtime FP32 (1a2b3c4d), 2 streams`. */
export function seriesName({ backend, precision, artifact, streams }: SeriesKey): string {
  const name = caseName({ caseKey: '', backend, precision })
  const file = artifact === undefined ? '' : ` (${artifact.slice(0, 8)})`
  return `${name}${file}${streams === 1 ? '' : `, ${streams} streams`}`
}

export function sweepChart(record: SweepRecord): Markup {
  const lines = linesOf(record.points)
  const dots = lines.flatMap((each) => each.dots)
  const sizes = [...new Set(dots.map(({ batchSize }) => batchSize))].sort((first, second) => first - second)
  const scale = zeroScale(Math.max(0, ...dots.map(({ value }) => value)), height - top - bottom, 4)
  const [first, last] = [Math.log2(sizes[0] ?? 1), Math.log2(sizes.at(-1) ?? 1)]
  const plotWidth = width - left - right
  const x = (size: number) =>
    left + (last === first ? plotWidth / 2 : ((Math.log2(size) - first) / (last - first)) * plotWidth)
  const y = (value: number) => height - bottom - scale.position(value)
  const rows = scale.ticks.map(
    (tick) =>
      markup`<line x1="${left}" x2="${left + plotWidth}" y1="${y(tick)}" y2="${y(tick)}" stroke="${grid}"/><text x="${left - 8}" y="${y(tick) + 4}" text-anchor="end" fill="${pale}">${tickText(tick)}</text>`,
  )
  const columns = sizes.map(
    (size) =>
      markup`<text x="${x(size)}" y="${height - bottom + 16}" text-anchor="middle" fill="${pale}">${size}</text>`,
  )
  const ends = spreadApart(
    lines.map((each) => y(each.dots.at(-1)?.value ?? 0)),
    15,
    top + 4,
    height - bottom,
  )
  const drawn = lines.map((each, index) => drawnLine(record, each, x, y, ends[index] ?? top))
  return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Images per second by batch size" font-family="sans-serif" font-size="12"><rect width="${width}" height="${height}" fill="${ground}"/>${rows}${columns}<text x="${left}" y="${height - 6}" fill="${pale}">images/s by batch (log₂)${record.simulated ? ', simulated' : ''}; a ring marks the knee</text>${drawn}</svg>`
}

function drawnLine(
  { knees }: SweepRecord,
  { key, dots }: Line,
  x: (size: number) => number,
  y: (value: number) => number,
  labelAt: number,
): Markup {
  const colour = backendColour(key.backend, 'light')
  const places = dots.map(({ batchSize, value }) => `${x(batchSize).toFixed(1)} ${y(value).toFixed(1)}`)
  const knee = knees.find((each) => isSame(each, key))?.batchSize
  const marks = dots.map(
    ({ batchSize, value }) =>
      markup`<circle cx="${x(batchSize)}" cy="${y(value)}" r="3.5" fill="${colour}"/>${batchSize === knee ? [markup`<circle cx="${x(batchSize)}" cy="${y(value)}" r="7" fill="none" stroke="${colour}" stroke-width="1.5"/>`] : []}`,
  )
  const labelX = x(dots.at(-1)?.batchSize ?? 1) + 12
  const dashes = key.precision === 'fp32' ? '5 4' : 'none'
  return markup`<path d="M${places.join('L')}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dashes}"/>${marks}<text x="${labelX}" y="${labelAt + 4}" fill="${ink}">${seriesName(key)}</text>`
}

function linesOf(points: readonly SweepPoint[]): readonly Line[] {
  const lines: { key: SeriesKey; dots: Dot[] }[] = []
  for (const point of points) {
    if (!isMeasured(point.imagesPerSecond)) continue
    let line = lines.find(({ key }) => isSame(key, point))
    if (line === undefined) {
      line = { key: point, dots: [] }
      lines.push(line)
    }
    line.dots.push({ batchSize: point.batchSize, value: point.imagesPerSecond.value })
  }
  for (const { dots } of lines) dots.sort((first, second) => first.batchSize - second.batchSize)
  return lines
}

function isSame(one: SeriesKey, other: SeriesKey): boolean {
  const isCandidate = one.backend === other.backend && one.precision === other.precision
  return isCandidate && one.artifact === other.artifact && one.streams === other.streams
}
