// Memory for a place with room for one number: which number it is, and the title of its column.
import { isMeasured } from '../domain/figure.ts'
import type { CaseRecord, GroupRecord } from '../domain/run.ts'
import { mebibytesText } from './figure-text.ts'

/**
 * The memory number for a place with room for one: the process's peak, else the allocator's, else the engine's own,
 * always with its name.
 */
type MemoryKind = keyof CaseRecord['memory']

export const memoryWords: Readonly<Record<MemoryKind, string>> = {
  processPeakBytes: 'process peak',
  allocatorPeakBytes: 'allocator peak',
  engineDeclaredBytes: 'engine-declared',
}

interface ShownMemory {
  readonly kind: MemoryKind
  readonly bytes: number
}

/** Null if nothing is known about the case's memory. */
export function shownMemory({ memory }: Pick<CaseRecord, 'memory'>): ShownMemory | null {
  for (const kind of ['processPeakBytes', 'allocatorPeakBytes', 'engineDeclaredBytes'] as const) {
    const figure = memory[kind]
    if (isMeasured(figure)) return { kind, bytes: figure.value }
  }
  return null
}

/** `962`, `288 (allocator peak)` if it is not the process's, `–`. In MiB. */
export function shownMemoryText(entry: Pick<CaseRecord, 'memory'>): string {
  const shown = shownMemory(entry)
  if (shown === null) return '–'
  const text = mebibytesText(shown.bytes)
  return shown.kind === 'processPeakBytes' ? text : `${text} (${memoryWords[shown.kind]})`
}

/** The meaning of the memory column: on a CPU the worker's resident set, never GPU memory. */
export function memoryTitle({ device }: Pick<GroupRecord, 'device'>): string {
  return device === 'cpu' ? 'process memory (RSS)' : 'GPU memory'
}
