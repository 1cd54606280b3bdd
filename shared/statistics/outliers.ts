// Tukey's fences: beyond 1.5 interquartile ranges from the quartiles is mild, beyond 3 severe. Outliers are counted and
// reported, never dropped.
import type { CaseRecord } from '../domain/run.ts'
import { percentileOfSorted } from './percentile.ts'
import { countBelow, countUpTo } from './sorted.ts'

export function outlierCounts(sorted: Float64Array): CaseRecord['outliers'] {
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
