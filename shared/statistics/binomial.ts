// The binomial distribution, and Wilson's interval of a share (an accuracy).
import { type Figure, measured, missing } from '../domain/figure.ts'
import { incompleteBeta } from './incomplete-beta.ts'
import { studentQuantile } from './student-t.ts'

/** P(X ≤ count) of `trials` with probability `share`. */
export function binomialCdf(count: number, trials: number, share: number): number {
  if (count < 0) return 0
  if (count >= trials) return 1
  return incompleteBeta(1 - share, trials - count, count + 1)
}

/** The smallest count whose cumulative probability reaches `probability`. */
export function binomialQuantile(probability: number, trials: number, share: number): number {
  let below = -1
  let reached = trials
  while (reached - below > 1) {
    const middle = Math.floor((below + reached) / 2)
    if (binomialCdf(middle, trials, share) >= probability) reached = middle
    else below = middle
  }
  return reached
}

/** Share of `correct` in `total` with Wilson's score interval; both ends stay within 0…1. */
export function shareFigure(correct: number, total: number, level = 0.95): Figure {
  if (total === 0) return missing('no labelled images')
  const share = correct / total
  const z = normalQuantile(level)
  const scale = 1 + (z * z) / total
  const centre = (share + (z * z) / (2 * total)) / scale
  const halfWidth = (z / scale) * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total))
  return measured(share, {
    low: correct === 0 ? 0 : centre - halfWidth,
    high: correct === total ? 1 : centre + halfWidth,
    level,
    method: 'wilson',
  })
}

/** z with P(|Z| ≤ z) = level: Student's with so many degrees of freedom that the difference is below 1e-7. */
function normalQuantile(level: number): number {
  return studentQuantile(level, 1e8)
}
