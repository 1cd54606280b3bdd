// Shows a conversion as it goes: JSON lines for machines, short lines for people, on stderr either way. On a terminal
// the running step is one live line with the builder's phases; what has ended stays above it.
import type { ConversionEvent, ConversionStep } from '../../shared/domain/conversion.ts'
import { bytesText, durationText } from './figure-text.ts'
import type { ProgressKind } from './run-progress.ts'
import type { Terminal } from './terminal.ts'

export function conversionWriter(kind: ProgressKind, terminal: Terminal): (event: ConversionEvent) => void {
  if (kind === 'none') return () => undefined
  if (kind === 'jsonl') return (event) => terminal.note(JSON.stringify(event))
  return textWriter(terminal)
}

function textWriter(terminal: Terminal): (event: ConversionEvent) => void {
  const states = new Map<string, ConversionStep['state']>()
  const sizes = new Map<string, number>()
  let lastKind = ''
  return (event) => {
    switch (event.kind) {
      case 'artifact-made':
        if (event.artifact.key) sizes.set(event.artifact.key, event.artifact.sizeBytes)
        return
      case 'conversion-changed':
        for (const step of event.record.steps) {
          if (states.get(step.name) !== step.state && isOver(step)) terminal.note(stepText(step, sizes))
          states.set(step.name, step.state)
        }
        return
      case 'step-progressed': {
        const share = event.fraction === null ? '' : ` · ${Math.floor(event.fraction * 100)} %`
        const phases = event.phases.map(
          ({ name, done, total }) => ` › ${name} ${done}${total === null ? '' : `/${total}`}`,
        )
        const text = `${event.step}: ${event.text}`
        if (terminal.noteIsTerminal) {
          terminal.status(`${text}${share} · ${durationText(event.elapsedMs)}${phases.join('')}`)
        } else if (kindOf(text) !== lastKind) terminal.note(text)
        lastKind = kindOf(text)
        return
      }
      case 'logged':
        for (const { level, text, count } of event.entries) {
          const times = count > 1 ? ` (${count} times)` : ''
          if (level === 'warning' || level === 'error') terminal.note(`${event.step}: ${level}: ${text}${times}`)
        }
        return
    }
  }
}

/** Two lines that differ by their numbers alone say the same; a log needs one of them. */
function kindOf(text: string): string {
  return text.replace(/\d+/g, '#')
}

function isOver({ state }: ConversionStep): boolean {
  return state !== 'waiting' && state !== 'running'
}

function stepText({ name, state, elapsedMs, artifactKey, reason }: ConversionStep, sizes: ReadonlyMap<string, number>) {
  const sizeBytes = artifactKey === null ? undefined : sizes.get(artifactKey)
  const facts = [
    state === 'done' && elapsedMs !== null ? `done in ${durationText(elapsedMs)}` : state,
    ...(sizeBytes === undefined ? [] : [bytesText(sizeBytes)]),
    ...(reason === null ? [] : [reason]),
  ]
  return `${name}: ${facts.join(', ')}`
}
