// The noise floor from comparisons of a case with itself: the 95th percentile of |ratio - 1|. It is taken at rank
// 0.95 (n + 1), so that the next comparison lies beyond it with a chance of one in twenty, however few there are: the
// percentile of the sample itself would be too low for that. Its interval comes from ranks; with fewer than 72
// comparisons no rank lies above it with the usual certainty, so the interval then ends at the largest seen and states
// the level that this has.
import type { Interval } from '../domain/figure.ts'
import { fewestComparisons } from '../domain/noise-floor.ts'
import { binomialCdf } from './binomial.ts'
import { binomialRanks } from './order-statistic.ts'
import { sortedCopy, valueOfRank } from './sorted.ts'

export interface FloorEstimate {
  readonly value: number
  readonly interval: Interval
}

const share = 0.95
const level = 0.95

/** @param ratios baseline / copy, one a comparison. Null with fewer than `fewestComparisons`. */
export function estimateNoiseFloor(ratios: readonly number[]): FloorEstimate | null {
  if (ratios.length < fewestComparisons) return null
  const sorted = sortedCopy(ratios.map((ratio) => Math.abs(ratio - 1)))
  const rank = share * (sorted.length + 1)
  const below = valueOfRank(sorted, Math.floor(rank))
  const above = valueOfRank(sorted, Math.min(Math.floor(rank) + 1, sorted.length))
  return { value: below + (above - below) * (rank - Math.floor(rank)), interval: intervalOf(sorted) }
}

function intervalOf(sorted: Float64Array): Interval {
  const count = sorted.length
  const { low, high } = binomialRanks(count, share, level)
  const lowRank = Math.max(1, low)
  const highRank = Math.min(high, count)
  return {
    low: valueOfRank(sorted, lowRank),
    high: valueOfRank(sorted, highRank),
    level: high <= count ? level : coverage(count, lowRank, highRank),
    method: high <= count ? 'order-statistic' : `order-statistic, up to the largest of ${count} comparisons`,
  }
}

/** P(the percentile lies between these ranks' values): so many of the values, or one fewer, are below it. */
function coverage(count: number, lowRank: number, highRank: number): number {
  return binomialCdf(highRank - 1, count, share) - binomialCdf(lowRank - 1, count, share)
}
