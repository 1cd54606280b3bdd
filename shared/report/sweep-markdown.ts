// A sweep as Markdown: where throughput stops growing, every point or why there is none, the machine and the command that
// repeats it. Whatever comes from outside is escaped. The chart lies beside it as sweep.svg.
import { type Figure, isMeasured } from '../domain/figure.ts'
import type { SweepPoint, SweepRecord } from '../domain/sweep.ts'
import { seriesName } from './charts/sweep-chart.ts'
import { mebibytesText, numberText } from './figure-text.ts'
import { code, escaped, factList, fenced } from './formats/markdown-text.ts'
import { machineFacts } from './run-facts.ts'

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
  const memory = device === 'cuda' ? 'Allocator peak MiB' : 'Process memory (RSS) MiB'
  const head = ['Series', 'Batch', 'Median ms', 'images/s', memory, 'Foretold MiB', 'State']
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
