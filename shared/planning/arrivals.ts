// When queries arrive whose mean rate is given and which know nothing of each other: gaps are exponential (a Poisson
// process). The same seed gives the same times. Pure.
import { seededRandom } from './seeded-random.ts'

/** As many as one command carries. */
export const mostArrivals = 100_000

/** Ms from the start, ascending; all those before `durationMs`, at least one and at most `mostArrivals`. */
export function arrivalTimes(ratePerSecond: number, durationMs: number, seed: number): readonly number[] {
  const random = seededRandom(seed)
  const meanGapMs = 1000 / ratePerSecond
  const arrivalsMs: number[] = []
  let atMs = 0
  while (arrivalsMs.length < mostArrivals) {
    atMs -= meanGapMs * Math.log(1 - random())
    if (atMs >= durationMs && arrivalsMs.length > 0) break
    arrivalsMs.push(atMs)
  }
  return arrivalsMs
}
