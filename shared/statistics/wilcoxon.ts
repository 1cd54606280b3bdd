// Walsh averages (means of all pairs, including each value with itself) and their median, the Hodges-Lehmann estimate
// of a centre of symmetry: nearly as precise as the mean on normal data, and robust against outliers.
import { percentileOfSorted, valueOfRank } from './descriptive.ts'

/** Sorted; there are n(n+1)/2 of them, so use it for rounds, not for samples. */
export function walshAverages(values: readonly number[]): Float64Array {
  const averages = new Float64Array((values.length * (values.length + 1)) / 2)
  let next = 0
  for (const [index, left] of values.entries()) {
    for (const right of values.slice(index)) averages[next++] = (left + right) / 2
  }
  return averages.sort()
}

export function hodgesLehmann(values: readonly number[]): number {
  return percentileOfSorted(walshAverages(values), 0.5)
}

// Wilcoxon's signed-rank statistic, inverted to an interval of the centre: exact, from the distribution of rank sums
// (all 2ⁿ signs equally likely). With ties and zeros the interval is too wide rather than too narrow. For some hundreds
// of values at most.

let latest: { readonly count: number; readonly cdf: Float64Array } | null = null

/** P(T ≤ t) for t = 0…n(n+1)/2. The latest is cached: comparisons of one group need the same one repeatedly. */
export function signedRankCdf(count: number): Float64Array {
  if (latest?.count !== count) latest = { count, cdf: computedCdf(count) }
  return latest.cdf
}

function computedCdf(count: number): Float64Array {
  const sums = (count * (count + 1)) / 2
  const probabilities = new Float64Array(sums + 1)
  probabilities[0] = 1
  for (let rank = 1; rank <= count; rank += 1) {
    for (let sum = (rank * (rank + 1)) / 2; sum >= 0; sum -= 1) {
      const without = probabilities[sum] ?? 0
      const withRank = sum >= rank ? (probabilities[sum - rank] ?? 0) : 0
      probabilities[sum] = (without + withRank) / 2
    }
  }
  let cumulative = 0
  return probabilities.map((probability) => {
    cumulative += probability
    return cumulative
  })
}

/** Null with too few values for this level: fewer than six at 95 %. */
export function signedRankInterval(values: readonly number[], level: number): { low: number; high: number } | null {
  const tail = (1 - level) / 2
  const rank = signedRankCdf(values.length).findIndex((probability) => probability > tail)
  if (rank < 1) return null
  const averages = walshAverages(values)
  return { low: valueOfRank(averages, rank), high: valueOfRank(averages, averages.length + 1 - rank) }
}

/** Two-sided p of the centre being zero. */
export function signedRankPValue(values: readonly number[]): number {
  const averages = walshAverages(values)
  const below = averages.filter((average) => average < 0).length
  const above = averages.filter((average) => average > 0).length
  const larger = Math.max(below, above)
  const smaller = averages.length - larger
  return Math.min(1, 2 * (signedRankCdf(values.length)[smaller] ?? 1))
}
