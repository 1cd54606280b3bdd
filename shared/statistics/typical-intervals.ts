// Protocol 3: the interval of a percentile of a typical launch, and how many independent samples the percentile rests on.
//
// Two things are uncertain: the level of a typical launch, and which share of its samples lies below the percentile
// (Woodruff's method). Student's t over launches gives the region of both, an ellipse: the interval reaches from the
// lowest to the highest latency in it. Where latency rises evenly with the share, that is Student's t of their sum.
// Where samples crowd on one side, as on a machine that is disturbed now and then, the interval follows the samples.
//
// Within one launch, runs of neighbouring blocks take the place of launches: neighbours resemble each other, because a
// state of the machine can outlast a block. They cannot tell how often a machine is disturbed that was disturbed a few
// times, so percentiles above the median have no interval there.
import type { Interval } from '../domain/figure.ts'
import { countUpTo, mean, mergeSorted, percentileOfSorted, standardDeviation } from './descriptive.ts'
import { studentQuantile } from './distributions.ts'
import { missingShares, type PooledSamples } from './launch-percentiles.ts'

/**
 * Null with fewer than two launches or blocks, and above the median within one launch.
 * @param runs into which the blocks of an only launch are divided, if there are twice as many.
 */
export function typicalInterval(
  pooled: PooledSamples,
  share: number,
  level: number,
  runs: number = runsOfLatencies,
): Interval | null {
  const { sorted, clusterName } = pooled
  const { clusters, levels, words } =
    clusterName === 'launches' ? { ...pooled, words: 'launches' } : runsOf(pooled, runs)
  if (clusters.length < 2 || (clusterName === 'blocks' && share > 0.5)) return null
  const missing = missingShares(sorted, clusters, share)
  const radius = studentQuantile(level, clusters.length - 1) / Math.sqrt(clusters.length)
  const { slope, residual } = regression(levels, missing)
  const reach = Math.max(radius * standardDeviation(missing), 1 / sorted.length)
  const value = percentileOfSorted(sorted, share)
  const range = { low: value, high: value }
  for (let step = 0; step <= directions; step += 1) {
    const angle = (Math.PI * step) / directions
    const shift = reach * Math.cos(angle)
    const latency = percentileOfSorted(sorted, Math.min(1, Math.max(0, share + shift))) * Math.exp(slope * shift)
    const levelFactor = Math.exp(radius * residual * Math.sin(angle))
    range.low = Math.min(range.low, latency / levelFactor)
    range.high = Math.max(range.high, latency * levelFactor)
  }
  return { ...range, level, method: `student-t over ${clusters.length} ${words}` }
}

/** Half of the ellipse; the other half is its mirror image. Enough for five digits of the half-width. */
const directions = 720

const runsOfLatencies = 3

/** A block has only one rate: three runs of so few would be too coarse. */
export const runsOfRates = 6

function runsOf({ clusters }: PooledSamples, runs: number) {
  const isJoined = clusters.length >= 2 * runs
  const place = (run: number) => Math.round((run * clusters.length) / runs)
  const joined = isJoined
    ? Array.from({ length: runs }, (_, run) => mergeSorted(clusters.slice(place(run), place(run + 1))))
    : clusters
  const words = `${isJoined ? 'runs of blocks' : 'blocks'}, within this launch`
  return { clusters: joined, levels: joined.map(() => 0), words }
}

/** Of the levels on the missing shares: what they have in common, and the standard deviation of the rest. */
function regression(levels: readonly number[], missing: readonly number[]) {
  const [centre, start] = [mean(levels), mean(missing)]
  const variance = standardDeviation(missing) ** 2
  const common = levels.reduce((sum, own, index) => sum + (own - centre) * ((missing[index] ?? 0) - start), 0)
  const slope = variance === 0 ? 0 : common / (levels.length - 1) / variance
  return { slope, residual: Math.sqrt(Math.max(0, standardDeviation(levels) ** 2 - slope ** 2 * variance)) }
}

// Whether the samples allow a percentile. Nothing tells how far away it is if no sample lies beyond it, and that depends
// on the number of independent samples. Samples of one block are not independent: if those beyond a percentile come in a
// few blocks, all samples together tell as much as fewer would.

/** So many that at least one lies beyond the percentile with this probability: 29 for p90, 59 for p95, 299 for p99. */
export function fewestIndependentSamples(share: number, probability: number): number {
  return Math.ceil(Math.log(1 - probability) / Math.log(share))
}

/** Beyond a higher percentile there are too few samples to see whether they come together. */
const highestShareWithClumps = 0.97

/** All, if those beyond the percentile are spread over blocks as chance would spread them. */
export function independentSamples({ sorted, blocks }: PooledSamples, share: number): number {
  const value = percentileOfSorted(sorted, Math.min(share, highestShareWithClumps))
  const beyond = blocks.map(({ samples, level }) => samples.length - countUpTo(samples, value * Math.exp(level)))
  const rate = beyond.reduce((sum, count) => sum + count, 0) / sorted.length
  if (blocks.length < 2 || rate === 0) return sorted.length
  const seen = beyond.reduce((sum, count, index) => sum + (count - rate * (blocks[index]?.samples.length ?? 0)) ** 2, 0)
  const byChance = (rate * (1 - rate) * sorted.length * (blocks.length - 1)) / blocks.length
  return sorted.length / Math.max(1, seen / byChance)
}
