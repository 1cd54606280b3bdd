// Shows a run's events as they come: JSON lines for machines, short lines for people, on stderr either way.
// Interim figures are shown without a verdict: none is claimed before the last round.
import { isMeasured } from '../../shared/domain/figure.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import { durationText, numberText } from './figure-text.ts'
import type { Terminal } from './terminal.ts'

export const progressKinds = ['text', 'jsonl', 'none'] as const
export type ProgressKind = (typeof progressKinds)[number]

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

/** `launch 2 of 5, round 3 of 12`; a round that the width rule added says so. */
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
