// Answers queries that arrive at given times, one after another; one that arrives while another is answered waits. A
// latency counts from the arrival. Waiting sleeps, but for the last fraction of a millisecond: sleep wakes up late.
import type { Query } from './measure-loop.ts'

export interface Served {
  readonly startedAtNs: number
  readonly endedAtNs: number
  /** In the order of arrival. */
  readonly latenciesMs: number[]
}

const watchedNs = 200_000n

/** @param sleep blocks this thread for at most so many ms; @returns null when it was cancelled between two queries. */
export async function serve(
  query: Query,
  arrivalsMs: readonly number[],
  sleep: (ms: number) => void,
  isCancelled: () => boolean,
): Promise<Served | null> {
  const now = process.hrtime.bigint
  const latenciesMs: number[] = []
  const started = now()
  let ended = started
  for (const arrivalMs of arrivalsMs) {
    const arrival = started + BigInt(Math.round(arrivalMs * 1e6))
    for (let left = arrival - now(); left > 0n && !isCancelled(); left = arrival - now()) {
      if (left > watchedNs) sleep(Number(left - watchedNs) / 1e6)
    }
    if (isCancelled()) return null
    await query()
    ended = now()
    latenciesMs.push(Number(ended - arrival) / 1e6)
  }
  return { startedAtNs: Number(started), endedAtNs: Number(ended), latenciesMs }
}
