// Which rate of arrivals to try next, when the highest that keeps a latency bound is looked for: doubled while it is
// kept, halved while none is, then between the highest kept and the lowest that was not. The number of trials is fixed
// beforehand, so that no lucky one can end the search. Pure: what a trial finds is told to it.

export interface TriedRate {
  readonly ratePerSecond: number
  readonly keepsBound: boolean
}

export interface RateSearch {
  /** 1000 / the median latency in ms: above it, queries pile up. */
  readonly capacityPerSecond: number
  /** False where one query alone already takes longer than the bound: one trial shows that. */
  readonly canKeepBound: boolean
}

export const searchTrials = 8
/** Below this share of the capacity queries hardly meet: what does not keep the bound there never will. */
const lowestShare = 1 / 16

/** Null where the search has ended. */
export function nextRate({ capacityPerSecond, canKeepBound }: RateSearch, tried: readonly TriedRate[]): number | null {
  if (tried.length === 0) return capacityPerSecond / 2
  if (tried.length >= searchTrials || !canKeepBound) return null
  const kept = highestKept(tried)
  if (kept === null) {
    const half = Math.min(...tried.map(rateOf)) / 2
    return half < capacityPerSecond * lowestShare ? null : half
  }
  // Chance can miss a rate and keep a higher one: the search goes on above the highest kept.
  const missedAbove = Math.min(...tried.filter((trial) => !trial.keepsBound && trial.ratePerSecond > kept).map(rateOf))
  return missedAbove === Number.POSITIVE_INFINITY ? kept * 2 : (kept + missedAbove) / 2
}

/** Null where none keeps the bound. */
export function highestKept(tried: readonly TriedRate[]): number | null {
  const kept = tried.filter(({ keepsBound }) => keepsBound).map(rateOf)
  return kept.length === 0 ? null : Math.max(...kept)
}

function rateOf({ ratePerSecond }: TriedRate): number {
  return ratePerSecond
}
