// A finished run as a table for people: a row a case, grouped by batch, the baseline named. The record holds more.
import { backendLabels } from '../../shared/domain/backend.ts'
import { type Figure, isMeasured } from '../../shared/domain/figure.ts'
import { precisionLabel } from '../../shared/domain/precision.ts'
import type { CaseRecord, GroupRecord, RunRecord, Speedup } from '../../shared/domain/run.ts'
import { bytesFigureText, figureText, numberText } from './figure-text.ts'
import { passLines } from './pass-lines.ts'
import { textTable } from './table.ts'
import type { Terminal } from './terminal.ts'

export function runText(record: RunRecord, terminal: Pick<Terminal, 'resultIsTerminal'>): string {
  const heading = [record.modelName, record.plan.preset, record.state, ...(record.simulated ? ['SIMULATED'] : [])]
  const groups = record.groups.map((group) => groupText(group, terminal))
  return [heading.join(' · '), ...groups, ...record.notes].join('\n\n')
}

function groupText(group: GroupRecord, terminal: Pick<Terminal, 'resultIsTerminal'>): string {
  const showsAccuracy = group.cases.some(({ accuracy }) => isMeasured(accuracy))
  const columns = [
    { title: `Batch ${group.batchSize}` },
    { title: 'p50', align: 'right' },
    { title: 'p95', align: 'right' },
    { title: 'p99', align: 'right' },
    { title: 'images/s', align: 'right' },
    { title: group.device === 'cuda' ? 'GPU memory (process)' : 'process memory (RSS)', align: 'right' },
    { title: 'parity' },
    ...(showsAccuracy ? [{ title: 'accuracy', align: 'right' } as const] : []),
    { title: 'speedup' },
  ] as const
  const rows = group.cases.map((record) => caseRow(record, showsAccuracy))
  const reasons = group.cases
    .filter(({ reason }) => reason !== null)
    .map(({ caseKey, state, reason }) => `${caseKey}: ${state}: ${reason}`)
  const passes = group.cases.flatMap(passLines)
  return [textTable(columns, rows, terminal), `speedup against ${group.baseline}`, ...reasons, ...passes].join('\n')
}

function caseRow(record: CaseRecord, showsAccuracy: boolean): readonly string[] {
  const { latencyMs, imagesPerSecond, memory, parity } = record
  const name = `${backendLabels[record.backend]} ${record.precisionProof?.label ?? precisionLabel(record.precision)}`
  if (record.state !== 'completed') return [name, record.state]
  return [
    name,
    figureText(latencyMs.p50, 'ms'),
    figureText(latencyMs.p95, 'ms'),
    figureText(latencyMs.p99, 'ms'),
    figureText(imagesPerSecond, ''),
    bytesFigureText(memory.processPeakBytes),
    parity.verdict,
    ...(showsAccuracy ? [accuracyText(record.accuracy)] : []),
    [speedupText(record), ...record.badges].filter(Boolean).join(', '),
  ]
}

function accuracyText(accuracy: Figure): string {
  return isMeasured(accuracy) ? `${(accuracy.value * 100).toFixed(1)} %` : '–'
}

/** `1.42× [1.38, 1.47] faster`; why not, where none is claimed. */
export function speedupText({ caseKey, speedup }: CaseRecord): string {
  if (caseKey === speedup.baseline) return 'baseline'
  if (speedup.value === null) return `refused: ${speedup.reason}`
  const interval = speedup.interval
    ? ` [${numberText(speedup.interval.low)}, ${numberText(speedup.interval.high)}]`
    : ''
  const heading = speedup.heading ? ` (${speedup.heading})` : ''
  return `${numberText(speedup.value)}×${interval} ${speedup.verdict.replace('-', ' ')}${heading}${undisturbedText(speedup)}`
}

function undisturbedText({ withoutFlagged }: Speedup): string {
  if (withoutFlagged === undefined) return ''
  const { value, roundsLeftOut } = withoutFlagged
  if (value === null) return ', every round disturbed'
  return `, ${numberText(value)}× without ${roundsLeftOut} disturbed ${roundsLeftOut === 1 ? 'round' : 'rounds'}`
}
