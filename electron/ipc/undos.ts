// What the page may bring back: each removal by a key, until the app ends. The page never names a path.
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { Removal } from '../../shared/ipc/contract.ts'
import type { Undo } from '../services.ts'

export interface Undos {
  keep(undo: Undo): Removal
  /** Once: a removal that could not be undone can be tried again. */
  undo(removal: Removal): Promise<void>
}

export function createUndos(): Undos {
  const known = new Map<string, Undo>()
  let count = 0
  return {
    keep(undo) {
      count += 1
      known.set(`removal-${count}`, undo)
      return { undoKey: `removal-${count}` }
    },
    async undo({ undoKey }) {
      const undo = known.get(undoKey)
      if (undo === undefined) throw unknown()
      await undo()
      known.delete(undoKey)
    },
  }
}

function unknown(): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'store',
    message: 'This was brought back already, or removed before the app was started.',
    remedy: 'Look into the trash folder of the data folder.',
  })
}
