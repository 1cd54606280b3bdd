// Student's distribution: quantiles, tail probability, and the interval of a mean of few independent values.
import { incompleteBeta } from './incomplete-beta.ts'
import { mean, standardDeviation } from './mean.ts'

/** t with P(|T| ≤ t) = level. */
export function studentQuantile(level: number, degreesOfFreedom: number): number {
  const tail = 1 - level
  let low = 0
  let high = 1
  // I_x(v/2, 1/2) is the two-sided tail at x = v / (v + t²), and grows with x.
  for (let step = 0; step < 200; step += 1) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (incompleteBeta(middle, degreesOfFreedom / 2, 0.5) < tail) low = middle
    else high = middle
  }
  const x = (low + high) / 2
  return Math.sqrt((degreesOfFreedom * (1 - x)) / x)
}

/** P(|T| ≥ |t|). */
export function studentTail(t: number, degreesOfFreedom: number): number {
  return incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5)
}

/** Of the mean; null with fewer than two values. */
export function studentInterval(values: readonly number[], level: number): { low: number; high: number } | null {
  if (values.length < 2) return null
  const halfWidth = (studentQuantile(level, values.length - 1) * standardDeviation(values)) / Math.sqrt(values.length)
  const centre = mean(values)
  return { low: centre - halfWidth, high: centre + halfWidth }
}

/** Two-sided p of the mean being zero; 1 where nothing can be said. */
export function studentPValue(values: readonly number[]): number {
  if (values.length < 2) return 1
  const centre = mean(values)
  if (centre === 0) return 1
  return studentTail((centre * Math.sqrt(values.length)) / standardDeviation(values), values.length - 1)
}
