// A finished sweep as a table for people: a row a point, then where each series stops growing. The record holds more.
import type { SweepPoint, SweepRecord } from '../../shared/domain/sweep.ts'
import { badgeWords } from '../../shared/report/case-words.ts'
import { seriesName } from '../../shared/report/sweep-report.ts'
import { bytesFigureText, figureText } from './figure-text.ts'
import { textTable } from './table.ts'
import type { Terminal } from './terminal.ts'

export function sweepText(record: SweepRecord, terminal: Pick<Terminal, 'resultIsTerminal'>): string {
  const { modelName, state, simulated, weights, plan, points, knees, notes } = record
  const columns = [
    { title: 'Series' },
    { title: 'batch', align: 'right' },
    { title: 'median', align: 'right' },
    { title: 'images/s', align: 'right' },
    { title: plan.device === 'cuda' ? 'allocator peak' : 'process memory (RSS)', align: 'right' },
    { title: '' },
  ] as const
  const lines = knees.map((knee) => `${seriesName(knee)}: knee at batch ${knee.batchSize}: ${knee.reason}`)
  return [
    [
      ...[modelName, 'sweep', state],
      ...(simulated ? ['SIMULATED'] : []),
      ...(weights === 'seeded' ? [badgeWords['seeded-weights']] : []),
    ].join(' · '),
    textTable(columns, points.map(rowOf), terminal),
    ...(lines.length === 0 ? [] : [lines.join('\n')]),
    ...notes,
  ].join('\n\n')
}

function rowOf(point: SweepPoint): readonly string[] {
  return [
    seriesName(point),
    String(point.batchSize),
    figureText(point.latencyMs, 'ms'),
    figureText(point.imagesPerSecond, ''),
    bytesFigureText(point.memoryBytes),
    point.state === 'measured' ? '' : `${point.state}: ${point.reason ?? ''}`,
  ]
}
