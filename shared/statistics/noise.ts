// How much samples scatter: interquartile range over median. Above a tenth it is a badge, above a quarter the
// surroundings weigh on the measurement. Never a refusal: intervals say what noise costs.
import { percentileOfSorted } from './percentile.ts'

export type NoiseLevel = 'quiet' | 'noisy' | 'very-noisy'

export function relativeSpread(sorted: Float64Array): number {
  const range = percentileOfSorted(sorted, 0.75) - percentileOfSorted(sorted, 0.25)
  return range / percentileOfSorted(sorted, 0.5)
}

export function noiseLevel(spread: number): NoiseLevel {
  if (spread > 0.25) return 'very-noisy'
  return spread > 0.1 ? 'noisy' : 'quiet'
}
