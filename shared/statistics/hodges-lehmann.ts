// Walsh averages (means of all pairs, each value with itself too) and their median, the Hodges-Lehmann estimate of a
// centre of symmetry: nearly as exact as the mean on normal data, and hardly moved by a wild value.
import { percentileOfSorted } from './percentile.ts'

/** Sorted; n(n+1)/2 of them, so meant for rounds, not for samples. */
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
