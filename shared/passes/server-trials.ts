// How the server scenario sends queries: when they arrive, how many a percentile needs, how long one trial lasts, and
// which rate is tried next. Pure: the results of trials are passed in, and the same seed gives the same arrivals. Times
// in ms.
import { seededRandom } from '../planning/seeded-random.ts'

/** The maximum that one command carries. */
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

/** Probability that a percentile is reported with fewer than two queries above it. */
const risk = 0.01

/**
 * The number of queries for which at least two lie above the percentile with 99 % certainty: 64 for p90, 130 for p95,
 * 662 for p99, the floors of the rounds' latencies, for any percentile.
 * @param percentile 50…99.9.
 */
export function fewestQueries(percentile: number): number {
  const share = percentile / 100
  let low = 1
  let high = 2
  while (atMostOneAbove(high, share) > risk) high *= 2
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (atMostOneAbove(middle, share) > risk) low = middle + 1
    else high = middle
  }
  return low
}

/** Probability that at most one of `count` independent queries lies above the percentile. */
function atMostOneAbove(count: number, share: number): number {
  return share ** count + count * (1 - share) * share ** (count - 1)
}

/** Maximum length of one trial. */
export const longestTrialMs = 600_000
/** If a trial this many times as long as its bound keeps it, its rate is at most about 5 % above the capacity. */
const fewestBounds = 20
/** For longer bounds no trial is long enough. */
export const longestBoundMs = longestTrialMs / fewestBounds

/**
 * How long queries arrive in one trial: as long as requested, and longer if that would give too few for the percentile
 * (chance may give fewer than the mean, so a few more are planned), or if the trial would not be long compared with its
 * bound: at a rate above the case's capacity the queue grows as long as queries arrive, and a short trial would end
 * before its latency exceeds the bound.
 */
export function trialDurationMs(
  {
    latencyBoundMs,
    durationMs,
    percentile,
  }: { readonly latencyBoundMs: number; readonly durationMs: number; readonly percentile: number },
  ratePerSecond: number,
): number {
  const needed = fewestQueries(percentile)
  const enough = needed + 3 * Math.sqrt(needed)
  return Math.min(longestTrialMs, Math.max(durationMs, fewestBounds * latencyBoundMs, (1000 * enough) / ratePerSecond))
}

export interface TriedRate {
  readonly ratePerSecond: number
  readonly keepsBound: boolean
}

export interface RateSearch {
  /** 1000 / the median latency in ms: above it, queries pile up. */
  readonly capacityPerSecond: number
  /** False if a single query already takes longer than the bound: one trial shows that. */
  readonly canKeepBound: boolean
}

export const searchTrials = 8
/** Below this share of the capacity queries hardly meet: a case that does not keep the bound there never will. */
const lowestShare = 1 / 16

/**
 * The next rate to try when searching for the highest that keeps a latency bound: doubled while the bound is kept,
 * halved while it never was, then between the highest kept and the lowest missed. The number of trials is fixed
 * beforehand, so that no lucky one can end the search. Null when the search has ended.
 */
export function nextRate({ capacityPerSecond, canKeepBound }: RateSearch, tried: readonly TriedRate[]): number | null {
  if (tried.length === 0) return capacityPerSecond / 2
  if (tried.length >= searchTrials || !canKeepBound) return null
  const kept = highestKept(tried)
  if (kept === null) {
    const half = Math.min(...tried.map(rateOf)) / 2
    return half < capacityPerSecond * lowestShare ? null : half
  }
  // Chance can miss a rate and keep a higher one: the search continues above the highest kept.
  const missedAbove = Math.min(...tried.filter((trial) => !trial.keepsBound && trial.ratePerSecond > kept).map(rateOf))
  return missedAbove === Number.POSITIVE_INFINITY ? kept * 2 : (kept + missedAbove) / 2
}

/** Null if none keeps the bound. */
export function highestKept(tried: readonly TriedRate[]): number | null {
  const kept = tried.filter(({ keepsBound }) => keepsBound).map(rateOf)
  return kept.length === 0 ? null : Math.max(...kept)
}

function rateOf({ ratePerSecond }: TriedRate): number {
  return ratePerSecond
}
