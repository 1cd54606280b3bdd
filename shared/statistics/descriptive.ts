// Mean and sample standard deviation (n - 1). Mean needs one value, the deviation two.

export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < values.length; index += 1) sum += values[index] ?? 0
  return sum / values.length
}

export function standardDeviation(values: ArrayLike<number>): number {
  const centre = mean(values)
  let sum = 0
  for (let index = 0; index < values.length; index += 1) sum += ((values[index] ?? 0) - centre) ** 2
  return Math.sqrt(sum / (values.length - 1))
}

// The median: the middle value, or the mean of the two in the middle. Needs at least one value.

export function median(values: ArrayLike<number>): number {
  return percentile(values, 0.5)
}

// Percentiles by linear interpolation between closest ranks, like NumPy's default. Needs at least one value.

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

// Sorted copies; every order statistic starts from one. Typed arrays sort numerically, and fast: a million in a fifth
// of a second.

export function sortedCopy(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort()
}

/** The value of this rank, 1 being the smallest. Throws a RangeError outside 1…n: that is a bug, not a measurement. */
export function valueOfRank(sorted: Float64Array, rank: number): number {
  const value = sorted[rank - 1]
  if (value === undefined) throw new RangeError(`rank ${rank} of ${sorted.length} values`)
  return value
}

/** How many values are at most `limit`. */
export function countUpTo(sorted: Float64Array, limit: number): number {
  return lowestIndex(sorted, (value) => value > limit)
}

/** How many values are below `limit`. */
export function countBelow(sorted: Float64Array, limit: number): number {
  return lowestIndex(sorted, (value) => value >= limit)
}

/** Merges several sorted lists, much faster than sorting again. */
export function mergeSorted(lists: readonly Float64Array[]): Float64Array {
  let merged = lists
  while (merged.length > 1) {
    merged = merged.flatMap((list, index) => {
      if (index % 2 === 1) return []
      const next = merged[index + 1]
      return [next === undefined ? list : mergedPair(list, next)]
    })
  }
  return merged[0] ?? new Float64Array(0)
}

function mergedPair(left: Float64Array, right: Float64Array): Float64Array {
  const merged = new Float64Array(left.length + right.length)
  let fromLeft = 0
  let fromRight = 0
  for (let index = 0; index < merged.length; index += 1) {
    const nextLeft = left[fromLeft] ?? Number.POSITIVE_INFINITY
    const nextRight = right[fromRight] ?? Number.POSITIVE_INFINITY
    if (fromRight >= right.length || (fromLeft < left.length && nextLeft <= nextRight)) {
      merged[index] = nextLeft
      fromLeft += 1
    } else {
      merged[index] = nextRight
      fromRight += 1
    }
  }
  return merged
}

/** Binary search: the condition holds from some index on. */
function lowestIndex(sorted: Float64Array, holds: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(sorted[middle] ?? Number.POSITIVE_INFINITY)) high = middle
    else low = middle + 1
  }
  return low
}

// Tukey's fences: beyond 1.5 interquartile ranges from the quartiles is mild, beyond 3 severe. Outliers are counted and
// reported, never dropped.

export function outlierCounts(sorted: Float64Array): { readonly mild: number; readonly severe: number } {
  if (sorted.length === 0) return { mild: 0, severe: 0 }
  const lowQuartile = percentileOfSorted(sorted, 0.25)
  const highQuartile = percentileOfSorted(sorted, 0.75)
  const range = highQuartile - lowQuartile
  const beyond = (factor: number) => {
    const inside = countUpTo(sorted, highQuartile + factor * range) - countBelow(sorted, lowQuartile - factor * range)
    return sorted.length - inside
  }
  const severe = beyond(3)
  return { mild: beyond(1.5) - severe, severe }
}

// Spread of samples: interquartile range divided by the median. Above a tenth it is a badge; above a quarter the
// surroundings distort the measurement. Never a reason to refuse: intervals show the cost of noise.

export type NoiseLevel = 'quiet' | 'noisy' | 'very-noisy'

export function relativeSpread(sorted: Float64Array): number {
  const range = percentileOfSorted(sorted, 0.75) - percentileOfSorted(sorted, 0.25)
  return range / percentileOfSorted(sorted, 0.5)
}

export function noiseLevel(spread: number): NoiseLevel {
  if (spread > 0.25) return 'very-noisy'
  return spread > 0.1 ? 'noisy' : 'quiet'
}

/** Of any number of values: a spread call takes about a hundred thousand. Infinite the wrong way round without values. */
export function rangeOf(values: Iterable<number>): { readonly least: number; readonly most: number } {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return { least, most }
}
