// One heavy job at a time, in request order: a conversion during a measurement would distort its figures. A job that is
// aborted while it waits is let through at once, so that it can end; it must do no work then. Does not know what the
// jobs are; it knows other processes only through its gate.

/** Resolves or rejects as `work` does. */
export type TakeTurn = <Result>(work: () => Promise<Result>, signal: AbortSignal) => Promise<Result>

/** @param gate passed by each job when its turn comes, before it begins: waits for other processes. */
export function createTurns(gate: TakeTurn = (work) => work()): TakeTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (work, signal) => {
    const before = last
    const done = Promise.race([before, aborted(signal)]).then(() => gate(work, signal))
    // The next job waits for both: a job that was let through does not end the one before it.
    last = Promise.allSettled([before, done])
    return done
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
