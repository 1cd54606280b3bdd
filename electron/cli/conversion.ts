// Carries out one recipe and shows its progress on stderr: JSON lines for machines, short lines for people. On a
// terminal the running step is one live line with the builder's phases; finished steps stay above it.
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { ConversionEvent, ConversionRecord, ConversionStep } from '../../shared/domain/conversion.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import { type CommandContext, finishedUnlessCancelled, type ProgressKind, refusalOf } from './command.ts'
import { bytesText, durationText } from './figure-text.ts'
import type { Terminal } from './terminal.ts'

export interface Converted {
  readonly record: ConversionRecord
  /** In the order of the steps; the last is the requested artifact, or the furthest one reached. */
  readonly artifacts: readonly Artifact[]
}

type Surroundings = Pick<CommandContext, 'services' | 'terminal' | 'signal'>

/** Throws the refusals of a recipe that cannot start; prints a note first if the engine cannot be built here. */
export async function convert({ services, terminal, signal }: Surroundings, recipe: Recipe): Promise<Converted> {
  const { refusals, engineRefusal, warnings } = await services.conversions.check(recipe)
  if (refusals.length > 0) throw refusalOf(refusals, 'convert')
  for (const warning of warnings) terminal.note(`note: ${warning}`)
  if (engineRefusal) terminal.note(`note: ${engineRefusal.message} The ONNX steps are carried out and kept.`)
  signal.throwIfAborted()
  const started = await services.conversions.start(recipe)
  const record = await finishedUnlessCancelled(started, signal)
  const keys = record.steps.flatMap(({ artifactKey }) => artifactKey ?? [])
  const known = await services.artifacts.list()
  return { record, artifacts: [...new Set(keys)].flatMap((key) => known.filter((artifact) => artifact.key === key)) }
}

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

/** Lines that differ only in numbers count as the same; a log needs only one of them. */
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
