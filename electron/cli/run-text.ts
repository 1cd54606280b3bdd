// A run in a terminal: events as they come, and the record as a table at the end. Progress goes to stderr, as JSON
// lines for machines or short lines for people, without verdicts: no verdict exists before the last round. The record
// holds more than the table.
import { backendLabels } from '../../shared/domain/backend.ts'
import { type Figure, isMeasured } from '../../shared/domain/figure.ts'
import { precisionLabel } from '../../shared/domain/precision.ts'
import type { CaseRecord, GroupRecord, RunRecord, Speedup } from '../../shared/domain/run.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import type { ProgressKind } from './command.ts'
import { bytesFigureText, durationText, figureText, numberText } from './figure-text.ts'
import { passLines } from './pass-lines.ts'
import { textTable } from './table.ts'
import type { Terminal } from './terminal.ts'

export function eventWriter(kind: ProgressKind, terminal: Terminal): (event: RunEvent) => void {
  if (kind === 'none') return () => undefined
  if (kind === 'jsonl') return (event) => terminal.note(JSON.stringify(event))
  return textWriter(terminal)
}

function textWriter(terminal: Terminal): (event: RunEvent) => void {
  const designs = new Map<string, { readonly launches: number; readonly rounds: number }>()
  let lastMessage = ''
  return (event) => {
    switch (event.kind) {
      case 'run-started': {
        for (const { groupKey, launches, rounds } of event.groups) designs.set(groupKey, { launches, rounds })
        const estimate = event.estimatedMs === null ? '' : `, about ${durationText(event.estimatedMs)}`
        terminal.note(`${event.runId}: ${event.modelName}${event.simulated ? ', simulated' : ''}${estimate}`)
        return
      }
      case 'stage': {
        const where = [event.groupKey, event.caseKey].filter(Boolean).join(' ')
        const share = event.fraction === null ? '' : ` · ${Math.round(event.fraction * 100)} %`
        const message = `${event.stage}${where ? ` ${where}` : ''}: ${event.message}`
        if (terminal.noteIsTerminal) terminal.status(`${message}${share}`)
        else if (message !== lastMessage) terminal.note(message)
        lastMessage = message
        return
      }
      case 'case-changed':
        if (event.state === 'failed' || event.state === 'skipped' || event.state === 'cancelled') {
          terminal.note(`${event.groupKey} ${event.caseKey}: ${event.state}${event.reason ? ` (${event.reason})` : ''}`)
        }
        return
      case 'round-completed': {
        const interim = Object.entries(event.interim)
          .map(([caseKey, { p50Ms }]) => `${caseKey} ${isMeasured(p50Ms) ? `${numberText(p50Ms.value)} ms` : '–'}`)
          .join(' · ')
        const left = event.remainingMs === null ? '' : ` · ${durationText(event.remainingMs)} left`
        const text = `${event.groupKey} ${place(event, designs.get(event.groupKey))}${left} · ${interim}`
        if (terminal.noteIsTerminal) terminal.status(text)
        else terminal.note(text)
        return
      }
      case 'run-ended':
        terminal.note(`${event.runId}: ${event.state}${event.message ? ` (${event.message})` : ''}`)
        return
      case 'block':
      case 'machine-sample':
        return
    }
  }
}

/** `launch 2 of 5, round 3 of 12`; marks a round that the width rule added. */
function place(
  { launch, round }: { readonly launch: number; readonly round: number },
  design: { readonly launches: number; readonly rounds: number } | undefined,
): string {
  if (design === undefined) return `launch ${launch + 1}, round ${round + 1}`
  const number = round + 1
  const within =
    number > design.rounds ? `round ${number}, added to ${design.rounds}` : `round ${number} of ${design.rounds}`
  return `launch ${launch + 1} of ${design.launches}, ${within}`
}

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
  const { latencyMs, imagesPerSecond, memory } = record
  const name = `${backendLabels[record.backend]} ${record.precisionProof?.label ?? precisionLabel(record.precision)}`
  if (record.state !== 'completed') return [name, record.state]
  return [
    name,
    figureText(latencyMs.p50, 'ms'),
    figureText(latencyMs.p95, 'ms'),
    figureText(latencyMs.p99, 'ms'),
    figureText(imagesPerSecond, ''),
    bytesFigureText(memory.processPeakBytes),
    parityText(record),
    ...(showsAccuracy ? [accuracyText(record.accuracy)] : []),
    [speedupText(record), ...record.badges].filter(Boolean).join(', '),
  ]
}

function accuracyText(accuracy: Figure): string {
  return isMeasured(accuracy) ? `${(accuracy.value * 100).toFixed(1)} %` : '–'
}

/** `1.42× [1.38, 1.47] faster`, or why there is no verdict. */
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

/** A warning and a failure with the figure behind it. */
function parityText({ parity: { verdict, decidedBy } }: CaseRecord): string {
  return decidedBy !== undefined && (verdict === 'warn' || verdict === 'fail') ? `${verdict}: ${decidedBy}` : verdict
}
