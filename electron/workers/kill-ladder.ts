// How a worker is made to stop: it is asked, after 2 s told (SIGTERM), after 3 s more ended (SIGKILL to its group).
// One that converts is asked and after 1 s ended: its library may be silent for minutes, deaf to SIGTERM, and it holds
// nothing that must be put in order. Climbing stops when the caller says that the worker obeyed or is gone.
import type { Clock } from './clock.ts'

export const askedLimitMs = 2000
export const toldLimitMs = 3000
export const askedBuilderLimitMs = 1000

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

/** @returns what stops it. */
export function endSoon(clock: Clock, ask: () => void, kill: (signal: 'SIGKILL') => void): () => void {
  ask()
  return clock.after(askedBuilderLimitMs, () => kill('SIGKILL'))
}
