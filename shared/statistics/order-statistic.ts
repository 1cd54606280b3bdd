// Intervals of a percentile, from ranks. The binomial ranks assume independent samples, but samples of one block, and
// of one launch, are correlated. Within one launch the ranks are widened if the share of samples below the percentile
// varies more between blocks than chance allows (Woodruff's method, Student's t over blocks). With several launches the
// interval is at least Student's t over the launches' own percentiles, around the value of all. Null if the needed
// ranks are outside the samples: too few for this percentile.
import type { Interval } from '../domain/figure.ts'
import { countUpTo, percentileOfSorted, valueOfRank } from './descriptive.ts'
import { binomialQuantile, studentInterval, studentQuantile } from './distributions.ts'

interface Ranks {
  readonly low: number
  readonly high: number
}

export interface Clusters {
  readonly name: 'blocks' | 'launches'
  /** Each sorted. */
  readonly sorted: readonly Float64Array[]
}

export function percentileInterval(
  sorted: Float64Array,
  share: number,
  level: number,
  clusters: Clusters | null = null,
): Interval | null {
  const independent = binomialRanks(sorted.length, share, level)
  const clustered = clusters?.name === 'blocks' ? clusterRanks(sorted, share, level, clusters.sorted) : null
  const low = Math.min(independent.low, clustered?.low ?? independent.low)
  const high = Math.max(independent.high, clustered?.high ?? independent.high)
  if (low < 1 || high > sorted.length) return null
  const isWidened = low < independent.low || high > independent.high
  const interval = {
    low: valueOfRank(sorted, low),
    high: valueOfRank(sorted, high),
    level,
    method: isWidened ? 'order-statistic, widened for scatter between blocks' : 'order-statistic',
  }
  return clusters?.name === 'launches' ? widenedOverLaunches(interval, sorted, share, clusters.sorted) : interval
}

function widenedOverLaunches(
  interval: Interval,
  sorted: Float64Array,
  share: number,
  launches: readonly Float64Array[],
): Interval {
  const overLaunches = studentInterval(
    launches.filter(({ length }) => length > 0).map((values) => percentileOfSorted(values, share)),
    interval.level,
  )
  if (overLaunches === null) return interval
  const halfWidth = (overLaunches.high - overLaunches.low) / 2
  const value = percentileOfSorted(sorted, share)
  if (interval.low <= value - halfWidth && interval.high >= value + halfWidth) return interval
  return {
    low: Math.min(interval.low, value - halfWidth),
    high: Math.max(interval.high, value + halfWidth),
    level: interval.level,
    method: `student-t over ${launches.length} launches`,
  }
}

/** 1-based ranks; outside 1…n if there is no such interval. */
export function binomialRanks(count: number, share: number, level: number): Ranks {
  const tail = (1 - level) / 2
  const low = binomialQuantile(tail, count, share)
  return { low, high: binomialQuantile(1 - tail, count, share) + 1 }
}

function clusterRanks(
  sorted: Float64Array,
  share: number,
  level: number,
  clusters: readonly Float64Array[],
): Ranks | null {
  if (clusters.length < 2) return null
  const value = percentileOfSorted(sorted, share)
  const counts = clusters.map((cluster) => ({ below: countUpTo(cluster, value), total: cluster.length }))
  const below = counts.reduce((sum, count) => sum + count.below, 0)
  const shareBelow = below / sorted.length
  const squares = counts.reduce((sum, count) => sum + (count.below - shareBelow * count.total) ** 2, 0)
  const error = Math.sqrt((clusters.length / (clusters.length - 1)) * squares) / sorted.length
  const halfWidth = studentQuantile(level, clusters.length - 1) * error
  return {
    low: Math.floor(sorted.length * (share - halfWidth)),
    high: Math.ceil(sorted.length * (share + halfWidth)) + 1,
  }
}
