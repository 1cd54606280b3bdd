// Time as the supervisor needs it, so that tests can give their own. Milliseconds, monotonic.

export interface Clock {
  now(): number
  /** Returns what takes it back. */
  after(delayMs: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}
