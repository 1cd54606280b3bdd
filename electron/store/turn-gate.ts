// Keeps two processes of the app from measuring or converting at the same time, the window and the command line: each
// would be in the other's figures. A job that is aborted while it waits is let through, as turns promise. Where no lock
// can be made at all the job goes on without, and the log says so: a disk that refuses is told by the job itself.
import { type LockWait, withProcessLock } from './process-lock.ts'

export interface TurnGateParts {
  readonly lockFile: string
  /** Once for each job that waits. */
  readonly onWait: () => void
  readonly log: (line: string) => void
  readonly lookAgainMs?: number
}

/** Once a second: looking costs next to nothing, but it is the other one's measurement. */
const defaultLookAgainMs = 1000

export function createTurnGate({ lockFile, onWait, log, lookAgainMs = defaultLookAgainMs }: TurnGateParts) {
  return async <Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> => {
    if (signal.aborted) return work()
    const wait: LockWait = { signal, onWait, lookAgainMs }
    let begun = false
    try {
      return await withProcessLock(lockFile, wait, () => {
        begun = true
        return work()
      })
    } catch (error) {
      if (begun) throw error
      if (!signal.aborted) log(`Other processes are not waited for: ${error instanceof Error ? error.message : error}`)
      return work()
    }
  }
}
