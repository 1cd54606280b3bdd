// A run in a terminal: events as they come, and the record as a table at the end. Progress goes to stderr, as JSON
// lines for machines or short lines for people, with the verdict of each look. The record holds more than the table.
import { backendLabels } from '../../shared/domain/backend.ts'
import { deviceKindOf } from '../../shared/domain/device.ts'
import { type Figure, isMeasured } from '../../shared/domain/figure.ts'
import { precisionLabel } from '../../shared/domain/precision.ts'
import {
  type CaseRecord,
  type GroupRecord,
  type GroupStop,
  type RunRecord,
  type Speedup,
  statesThatEndEarly,
} from '../../shared/domain/run.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import { visibleLine } from '../../shared/domain/visible-text.ts'
import { continuableGroups } from '../../shared/planning/launch-budget.ts'
import { shellWord } from '../../shared/planning/shell-word.ts'
import { parityToCome } from '../../shared/statistics/parity.ts'
import type { ProgressKind } from './command.ts'
import { bytesFigureText, durationText, figureText, numberText } from './figure-text.ts'
import { passLines } from './pass-lines.ts'
import { textTable } from './table.ts'
import type { Terminal } from './terminal.ts'

export function eventWriter(kind: ProgressKind, terminal: Terminal): (event: RunEvent) => void {
  if (kind === 'none') return () => undefined
  if (kind === 'jsonl') return samplesAfterParity((event) => terminal.note(JSON.stringify(event)))
  return textWriter(terminal)
}

/** Holds the samples of a first launch back until the parity of their case is judged; nobody reads a speed before. */
function samplesAfterParity(write: (event: RunEvent) => void): (event: RunEvent) => void {
  let held: Extract<RunEvent, { kind: 'block' }>[] = []
  return (event) => {
    if (event.kind === 'block' && event.block.launch === 0) held.push(event)
    else write(event)
    if (event.kind !== 'parity-judged') return
    const isJudged = ({ groupKey, caseKey }: (typeof held)[number]) =>
      groupKey === event.groupKey && event.parities[caseKey] !== undefined
    for (const block of held.filter(isJudged)) write(block)
    held = []
  }
}

function textWriter(terminal: Terminal): (event: RunEvent) => void {
  const mostLaunches = new Map<string, number>()
  const refusals = new Map<string, readonly string[]>()
  let lastMessage = ''
  return (event) => {
    switch (event.kind) {
      case 'run-started': {
        for (const { groupKey, launches } of event.groups) mostLaunches.set(groupKey, launches)
        const estimate = event.estimatedMs === null ? '' : `, at most about ${durationText(event.estimatedMs)}`
        terminal.note(
          `${event.runId}: ${visibleLine(event.modelName)}${event.simulated ? ', simulated' : ''}${estimate}`,
        )
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
        if (statesThatEndEarly.has(event.state)) {
          terminal.note(`${event.groupKey} ${event.caseKey}: ${event.state}${event.reason ? ` (${event.reason})` : ''}`)
        }
        return
      case 'round-completed': {
        const figures = Object.entries(event.interim)
          .map(([caseKey, { p50Ms }]) => `${caseKey} ${isMeasured(p50Ms) ? `${numberText(p50Ms.value)} ms` : '–'}`)
          .join(' · ')
        const interim = figures === '' ? parityToCome : figures
        const left = event.remainingMs === null ? '' : ` · ${durationText(event.remainingMs)} left`
        const text = `${event.groupKey} ${place(event, mostLaunches.get(event.groupKey))}${left} · ${interim}`
        if (terminal.noteIsTerminal) terminal.status(text)
        else terminal.note(text)
        return
      }
      case 'parity-judged': {
        const refused = Object.entries(event.parities).flatMap(([caseKey, { refusal }]) =>
          refusal === null ? [] : [`${caseKey} refused: ${refusal}`],
        )
        refusals.set(event.groupKey, refused)
        return
      }
      case 'launch-completed': {
        const text = launchText(event, refusals.get(event.groupKey) ?? [])
        if (text !== null) terminal.note(text)
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

/** `launch 2 of at most 8, round 3 of 4`. */
function place(
  { launch, round, rounds }: { readonly launch: number; readonly round: number; readonly rounds: number },
  mostLaunches: number | undefined,
): string {
  const limit = mostLaunches === undefined || mostLaunches === 1 ? '' : ` of at most ${mostLaunches}`
  return `launch ${launch + 1}${limit}, round ${round + 1} of ${rounds}`
}

/**
 * `clip-b1 after 5 launches: onnxruntime-fp32 1.42× [1.38, 1.47] faster · onnxruntime-int8 refused: parity failed: …`; null
 * if nothing is compared.
 */
function launchText(
  { groupKey, launch, comparisons }: Extract<RunEvent, { kind: 'launch-completed' }>,
  refused: readonly string[],
): string | null {
  const compared = Object.entries(comparisons).map(([caseKey, { value, interval, verdict }]) => {
    const range = `[${numberText(interval.low)}, ${numberText(interval.high)}]`
    return `${caseKey} ${numberText(value)}× ${range}${verdict === null ? '' : ` ${verdict}`}`
  })
  const told = [...compared, ...refused]
  const done = launch === 0 ? '1 launch' : `${launch + 1} launches`
  return told.length === 0 ? null : `${groupKey} after ${done}: ${told.join(' · ')}`
}

/** @param named what a later command calls the run: its folder or id. */
export function runText(record: RunRecord, terminal: Pick<Terminal, 'resultIsTerminal'>, named = record.runId): string {
  const heading = [
    visibleLine(record.modelName),
    record.plan.preset,
    record.state,
    ...(record.simulated ? ['SIMULATED'] : []),
  ]
  const groups = record.groups.map((group) => groupText(group, terminal))
  return [heading.join(' · '), ...groups, ...record.notes, ...continueText(record, named)].join('\n\n')
}

function continueText(record: RunRecord, named: string): readonly string[] {
  if (record.state !== 'completed' || continuableGroups(record).length === 0) return []
  return [`To measure on until it is decided: enginebench run --continue ${shellWord(named)}`]
}

function groupText(group: GroupRecord, terminal: Pick<Terminal, 'resultIsTerminal'>): string {
  const showsAccuracy = group.cases.some(({ accuracy }) => isMeasured(accuracy))
  const columns = [
    { title: `Batch ${group.batchSize}` },
    { title: 'p50', align: 'right' },
    { title: 'p95', align: 'right' },
    { title: 'p99', align: 'right' },
    { title: 'images/s', align: 'right' },
    { title: deviceKindOf(group.device) === 'cuda' ? 'GPU memory (process)' : 'process memory (RSS)', align: 'right' },
    { title: 'parity' },
    ...(showsAccuracy ? [{ title: 'accuracy', align: 'right' } as const] : []),
    { title: 'speedup' },
  ] as const
  const rows = group.cases.map((record) => caseRow(record, showsAccuracy))
  const reasons = group.cases
    .filter(({ reason }) => reason !== null)
    .map(({ caseKey, state, reason }) => `${caseKey}: ${state}: ${reason}`)
  const passes = group.cases.flatMap(passLines)
  const against = [`speedup against ${group.baseline}`, ...launchesText(group)].join('; ')
  return [textTable(columns, rows, terminal), against, ...undecidedText(group), ...reasons, ...passes].join('\n')
}

const stopWords: Readonly<Record<GroupStop, string>> = {
  decided: 'every comparison is decided',
  time: 'its time was used up',
  launches: 'that is the most it may have',
}

/** `5 launches of 4 rounds: every comparison is decided`; nothing for records older than launches. */
function launchesText({ launches = [], roundsPerLaunch, stopped }: GroupRecord): readonly string[] {
  if (launches.length === 0) return []
  const rounds = roundsPerLaunch === undefined ? '' : ` of ${roundsPerLaunch} rounds`
  const why = stopped === undefined ? '' : `: ${stopWords[stopped]}`
  return [`${launches.length} ${launches.length === 1 ? 'launch' : 'launches'}${rounds}${why}`]
}

/** How an undecided comparison can be decided, one line for each. */
function undecidedText({ cases }: GroupRecord): readonly string[] {
  return cases
    .filter(({ speedup }) => speedup.verdict === 'undecided')
    .map(({ caseKey, speedup }) => `${caseKey}: ${speedup.reason}`)
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
  return `${numberText(speedup.value)}×${interval} ${verdictText(speedup)}${heading}${undisturbedText(speedup)}`
}

function verdictText({ verdict, margin }: Speedup): string {
  if (verdict === 'same' && margin !== undefined) return `same within ${Number((margin * 100).toFixed(1))} %`
  return verdict.replace('-', ' ')
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
