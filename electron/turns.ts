// One heavy job at a time in a process, in the order asked: a conversion beside a measurement would be in its figures.
// A job that is aborted while it waits is let through at once, so that it can end; it must do no work then. Does not know
// what the jobs are, and nothing of other processes.

/** Resolves or rejects as `work` does. */
export type TakeTurn = <Result>(work: () => Promise<Result>, signal: AbortSignal) => Promise<Result>

export function createTurns(): TakeTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (work, signal) => {
    const before = last
    const done = Promise.race([before, aborted(signal)]).then(work)
    // Whoever comes next waits for both: one that was let through has not ended what was before it.
    last = Promise.allSettled([before, done])
    return done
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
