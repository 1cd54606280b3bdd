// Sorted copies; every order statistic starts from one. Typed arrays sort by number, and fast: a million in a fifth of a second.
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

/** Several sorted lists as one, in a fraction of the time that sorting anew would take. */
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
