// Percentiles by linear interpolation between closest ranks, as NumPy's default has it. Needs at least one value.
import { sortedCopy, valueOfRank } from './sorted.ts'

/** @param share 0…1: 0.95 for p95. */
export function percentileOfSorted(sorted: Float64Array, share: number): number {
  const position = (sorted.length - 1) * share
  const below = Math.floor(position)
  const low = valueOfRank(sorted, below + 1)
  const high = valueOfRank(sorted, Math.min(below + 2, sorted.length))
  return low + (high - low) * (position - below)
}

export function percentile(values: ArrayLike<number>, share: number): number {
  return percentileOfSorted(sortedCopy(values), share)
}
