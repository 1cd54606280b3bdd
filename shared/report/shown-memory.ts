// Memory where there is room for one number: which it is, and what its column is called.
import { isMeasured } from '../domain/figure.ts'
import type { CaseRecord, GroupRecord } from '../domain/run.ts'
import { mebibytesText } from './figure-text.ts'

/**
 * The one number of memory for a place that has room for one: the process's peak, else the allocator's, else what the
 * engine declares, and always which of them it is.
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

/** Null where nothing is known of the case's memory. */
export function shownMemory({ memory }: Pick<CaseRecord, 'memory'>): ShownMemory | null {
  for (const kind of ['processPeakBytes', 'allocatorPeakBytes', 'engineDeclaredBytes'] as const) {
    const figure = memory[kind]
    if (isMeasured(figure)) return { kind, bytes: figure.value }
  }
  return null
}

/** `962`, `288 (allocator peak)` where it is not the process's, `–`. In MiB. */
export function shownMemoryText(entry: Pick<CaseRecord, 'memory'>): string {
  const shown = shownMemory(entry)
  if (shown === null) return '–'
  const text = mebibytesText(shown.bytes)
  return shown.kind === 'processPeakBytes' ? text : `${text} (${memoryWords[shown.kind]})`
}

/** What the memory column is: on a CPU the worker's resident set, never GPU memory. */
export function memoryTitle({ device }: Pick<GroupRecord, 'device'>): string {
  return device === 'cpu' ? 'process memory (RSS)' : 'GPU memory'
}
