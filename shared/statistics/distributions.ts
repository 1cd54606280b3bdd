// The regularized incomplete beta function, the basis of the binomial and Student's distribution. Continued fraction by
// Lentz' method; accurate to about 1e-12 for the sizes used here (n up to some millions).
import { type Figure, measured, missing } from '../domain/figure.ts'
import { mean, standardDeviation } from './descriptive.ts'

const tiny = 1e-300
const precision = 1e-15
const maximumTerms = 100_000

/** I_x(a, b) for a, b > 0 and x in 0…1. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)
  return (Math.exp(logFront) * continuedFraction(x, a, b)) / a
}

function continuedFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1))
  let result = d
  for (let m = 1; m <= maximumTerms; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / awayFromZero(1 + even * d)
    c = awayFromZero(1 + even / c)
    result *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / awayFromZero(1 + odd * d)
    c = awayFromZero(1 + odd / c)
    result *= d * c
    if (Math.abs(d * c - 1) < precision) return result
  }
  return result
}

function awayFromZero(value: number): number {
  return Math.abs(value) < tiny ? tiny : value
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** ln Γ(x) for x > 0. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const shifted = x - 1
  const base = shifted + 7.5
  const series = lanczos.reduce(
    (sum, coefficient, index) => (index === 0 ? coefficient : sum + coefficient / (shifted + index)),
    0,
  )
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(series)
}

// The binomial distribution, and Wilson's interval of a share (an accuracy).

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

/** z with P(|Z| ≤ z) = level: Student's with enough degrees of freedom that the difference is below 1e-7. */
function normalQuantile(level: number): number {
  return studentQuantile(level, 1e8)
}

// Student's distribution: quantiles, tail probability, and the interval of a mean of few independent values.

/** A group asks for the same few quantiles after every launch, and each costs some fifty incomplete betas. */
const quantiles = new Map<string, number>()
const mostQuantiles = 10_000

/** t with P(|T| ≤ t) = level. */
export function studentQuantile(level: number, degreesOfFreedom: number): number {
  const key = `${level} ${degreesOfFreedom}`
  const known = quantiles.get(key)
  if (known !== undefined) return known
  const quantile = computedQuantile(level, degreesOfFreedom)
  if (quantiles.size < mostQuantiles) quantiles.set(key, quantile)
  return quantile
}

function computedQuantile(level: number, degreesOfFreedom: number): number {
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

/** Interval of the mean; null with fewer than two values. */
export function studentInterval(values: readonly number[], level: number): { low: number; high: number } | null {
  if (values.length < 2) return null
  const halfWidth = (studentQuantile(level, values.length - 1) * standardDeviation(values)) / Math.sqrt(values.length)
  const centre = mean(values)
  return { low: centre - halfWidth, high: centre + halfWidth }
}

/** Two-sided p of the mean being zero; 1 if it cannot be computed. */
export function studentPValue(values: readonly number[]): number {
  if (values.length < 2) return 1
  const centre = mean(values)
  if (centre === 0) return 1
  return studentTail((centre * Math.sqrt(values.length)) / standardDeviation(values), values.length - 1)
}
