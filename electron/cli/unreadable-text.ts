import type { UnreadableEntry } from '../../shared/domain/unreadable-entry.ts'
import type { Terminal } from './terminal.ts'

/** On stderr, so that what a list prints for programs stays as it is. */
export function warnOfUnreadable(entries: readonly UnreadableEntry[], terminal: Pick<Terminal, 'note'>): void {
  for (const { problem } of entries) {
    terminal.note(`warning: ${problem.message} ${problem.remedy}${problem.cause === null ? '' : ` (${problem.cause})`}`)
  }
}
