// The one number of memory for a place that has room for one: the process's peak, else the allocator's, else what the
// engine declares, and always which of them it is.
import { isMeasured } from '../domain/figure.ts'
import type { CaseRecord } from '../domain/run.ts'
import { mebibytesText } from './figure-text.ts'

export type MemoryKind = keyof CaseRecord['memory']

export const memoryWords: Readonly<Record<MemoryKind, string>> = {
  processPeakBytes: 'process peak',
  allocatorPeakBytes: 'allocator peak',
  engineDeclaredBytes: 'engine-declared',
}

export interface ShownMemory {
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
