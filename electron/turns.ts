// One heavy job at a time, in the order asked: a conversion during a measurement would distort its figures. A job that is
// aborted while it waits is let through at once, so that it can end; it must do no work then. Does not know what the jobs
// are; of other processes it knows as much as the gate that it is given.

/** Resolves or rejects as `work` does. */
export type TakeTurn = <Result>(work: () => Promise<Result>, signal: AbortSignal) => Promise<Result>

/** @param gate passed by each job whose turn it is, before it begins: waits for other processes. */
export function createTurns(gate: TakeTurn = (work) => work()): TakeTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (work, signal) => {
    const before = last
    const done = Promise.race([before, aborted(signal)]).then(() => gate(work, signal))
    // Whoever comes next waits for both: one that was let through has not ended what was before it.
    last = Promise.allSettled([before, done])
    return done
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
