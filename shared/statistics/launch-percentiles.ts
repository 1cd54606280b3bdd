// Percentiles of samples that come in blocks and launches, with intervals. Blocks of one launch resemble each other, and
// samples of one block do, so whole launches (with one launch, whole blocks) are the independent observations.
//
// Launches of the same code differ, and a percentile over all samples would show that difference as if the queries of
// one process scattered. So launches are first brought to one level. The level of a launch is that of its fastest tenth,
// which a busy machine or a slow clock state leaves alone. How far the levels differ by themselves, beyond what the
// scatter of blocks within launches explains, decides how much of the difference is taken out (a variance component:
// all of it if each launch has its own speed, none if blocks differ at random). The percentile is then taken over all
// samples: that of a typical launch.
//
// The interval is Student's t over launches, on a logarithmic scale: each launch contributes its level, and by how much
// its share of samples below the percentile differs from the nominal share, converted to latency by the density of
// samples on that side of the percentile (Woodruff's method). This is the linear form of resampling whole launches and
// has no randomness. With one launch, blocks take the place of launches, and the interval holds within this launch.
// Protocol 3 takes the percentiles from here, and its intervals from typical-intervals.ts.
import type { Interval } from '../domain/figure.ts'
import { countBelow, countUpTo, mean, mergeSorted, percentileOfSorted, standardDeviation } from './descriptive.ts'
import { studentQuantile } from './distributions.ts'

/** Samples of the same kind (latencies, rates), all positive, ready for any percentile. */
export interface PooledSamples {
  /** All, at one level. */
  readonly sorted: Float64Array
  /** The same by launch; with one launch, by block. Each sorted, none empty. */
  readonly clusters: readonly Float64Array[]
  readonly clusterName: 'blocks' | 'launches'
  /** Logarithm of the factor that was taken out of each cluster. */
  readonly levels: readonly number[]
  /** As measured, in their order, with the level of their launch. */
  readonly blocks: readonly { readonly samples: Float64Array; readonly level: number }[]
}

/**
 * @param launches each a list of blocks, each block sorted. Empty blocks and launches are ignored.
 * @param known the levels of the launches, if other samples tell them better; their own if there are not as many.
 */
export function poolSamples(
  launches: readonly (readonly Float64Array[])[],
  known: readonly number[] = [],
): PooledSamples {
  const filled = launches.map((blocks) => blocks.filter(({ length }) => length > 0)).filter(({ length }) => length > 0)
  const [first = []] = filled
  if (filled.length < 2) {
    return {
      sorted: mergeSorted(first),
      clusters: first,
      clusterName: 'blocks',
      levels: first.map(() => 0),
      blocks: atLevel(first, 0),
    }
  }
  const merged = filled.map(mergeSorted)
  const levels = known.length === filled.length ? known : levelsOf(filled, merged)
  const clusters = merged.map((samples, index) => scaled(samples, Math.exp(-(levels[index] ?? 0))))
  const blocks = filled.flatMap((each, index) => atLevel(each, levels[index] ?? 0))
  return { sorted: mergeSorted(clusters), clusters, clusterName: 'launches', levels, blocks }
}

function atLevel(blocks: readonly Float64Array[], level: number): PooledSamples['blocks'] {
  return blocks.map((samples) => ({ samples, level }))
}

function levelsOf(launches: readonly (readonly Float64Array[])[], merged: readonly Float64Array[]): readonly number[] {
  const levels = merged.map((samples) => Math.log(percentileOfSorted(samples, fastShare)))
  return ownLevels(
    levels,
    launches.map((blocks, index) => levelError(merged[index] ?? new Float64Array(0), blocks)),
  )
}

const fastShare = 0.1

/** How far each launch is off by itself: its level, centred, times the share of the scatter that blocks do not explain. */
function ownLevels(levels: readonly number[], errors: readonly number[]): readonly number[] {
  const seen = standardDeviation(levels) ** 2
  if (seen === 0) return levels.map(() => 0)
  const own = Math.max(0, 1 - mean(errors.map((error) => error ** 2)) / seen)
  const centre = mean(levels)
  return levels.map((level) => own * (level - centre))
}

/** Standard error of a launch's level, from the scatter between its blocks; 0 if it has only one. */
function levelError(samples: Float64Array, blocks: readonly Float64Array[]): number {
  if (blocks.length < 2) return 0
  const error = standardDeviation(missingShares(samples, blocks, fastShare)) / Math.sqrt(blocks.length)
  const reach = Math.max(error, 1 / samples.length)
  return (error * (slopeOf(samples, fastShare, reach) + slopeOf(samples, fastShare, -reach))) / 2
}

/** By how much the share of a cluster's samples below the percentile of all falls short of the nominal share. */
export function missingShares(all: Float64Array, clusters: readonly Float64Array[], share: number): readonly number[] {
  const value = percentileOfSorted(all, share)
  return clusters.map((cluster) => {
    const below = (countBelow(cluster, value) + countUpTo(cluster, value)) / 2
    return ((share * cluster.length - below) * clusters.length) / all.length
  })
}

/** Change of the logarithm per change of the share, up to `reach` away (negative: below). Never negative. */
function slopeOf(sorted: Float64Array, share: number, reach: number): number {
  const edge = percentileOfSorted(sorted, Math.min(1, Math.max(0, share + reach)))
  return Math.log(edge / percentileOfSorted(sorted, share)) / reach
}

function scaled(values: Float64Array, factor: number): Float64Array {
  return factor === 1 ? values : values.map((value) => value * factor)
}

/** Null with fewer than two launches or blocks. */
export function pooledInterval(pooled: PooledSamples, share: number, level: number): Interval | null {
  const { sorted, clusters, clusterName, levels } = pooled
  if (clusters.length < 2) return null
  const quantile = studentQuantile(level, clusters.length - 1)
  const halfWidthOf = (values: readonly number[]) => (quantile * standardDeviation(values)) / Math.sqrt(clusters.length)
  const value = percentileOfSorted(sorted, share)
  const missing = missingShares(sorted, clusters, share)
  const reach = Math.max(halfWidthOf(missing), 1 / sorted.length)
  const side = (direction: 1 | -1) => {
    const slope = slopeOf(sorted, share, direction * reach)
    return halfWidthOf(levels.map((own, index) => own + slope * (missing[index] ?? 0)))
  }
  return {
    low: value * Math.exp(-side(-1)),
    high: value * Math.exp(side(1)),
    level,
    method:
      clusterName === 'launches'
        ? `student-t over ${clusters.length} launches`
        : `student-t over ${clusters.length} blocks, within this launch`,
  }
}
