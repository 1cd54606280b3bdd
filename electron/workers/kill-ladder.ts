// How a worker is made to stop: it is asked, after 2 s told (SIGTERM), after 3 s more ended (SIGKILL to its group).
// Climbing stops when the caller says that the worker obeyed or is gone.
import type { Clock } from './clock.ts'

export const askedLimitMs = 2000
export const toldLimitMs = 3000

/** @returns what stops the climb. */
export function climbKillLadder(
  clock: Clock,
  ask: () => void,
  kill: (signal: 'SIGTERM' | 'SIGKILL') => void,
): () => void {
  ask()
  let stop = clock.after(askedLimitMs, () => {
    kill('SIGTERM')
    stop = clock.after(toldLimitMs, () => kill('SIGKILL'))
  })
  return () => stop()
}
