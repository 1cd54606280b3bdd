// What cannot be listed, of every kind, with what is wrong with each. Only what is in this list can be removed by its path.
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { UnreadableEntry } from '../../shared/domain/unreadable-entry.ts'
import type { Undo, UnreadableEntries } from '../services.ts'

/** Where entries of one kind are, and how one of them is removed. */
export interface UnreadableSource {
  list(): Promise<readonly UnreadableEntry[]>
  remove(path: string): Promise<Undo>
}

export function createUnreadableEntries(sources: readonly UnreadableSource[]): UnreadableEntries {
  return {
    async list() {
      return (await Promise.all(sources.map((source) => source.list()))).flat()
    },
    async remove(path) {
      for (const source of sources) {
        if ((await source.list()).some((entry) => entry.path === path)) return source.remove(path)
      }
      throw new BenchError({
        code: 'bad-usage',
        stage: 'store',
        message: `${path} is not in the list of what cannot be read.`,
        remedy: 'Look at the list again: it may have been removed or mended meanwhile.',
      })
    },
  }
}
