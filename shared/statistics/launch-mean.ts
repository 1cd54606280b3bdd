// The mean of a comparison over its launches, and its standard error. The worker that is started first can be faster or
// slower for its whole launch. Orders of starting are balanced, so this hardly moves the mean, but it adds to the scatter
// between launches, and an interval would have to reach across it. So it can be fitted along with the mean (least squares)
// and taken out, at the price of one degree of freedom. Values are logarithms of ratios.
import { mean, standardDeviation } from './descriptive.ts'

/** Whose worker was started first in a launch: the candidate's (1), the baseline's (-1), or that of another case (0). */
export type Start = -1 | 0 | 1

export interface LaunchMean {
  readonly centre: number
  /** Standard deviation of one launch. */
  readonly deviation: number
  /** Standard error of the centre. */
  readonly error: number
  readonly degreesOfFreedom: number
  /** The effect of being started first is taken out. */
  readonly isWithoutStart: boolean
}

/**
 * Needs two launches; with starts, three.
 * @param starts by launch; null leaves the order of starting in. If it never changed, it cannot be told from the mean,
 * and stays in.
 */
export function launchMean(values: readonly number[], starts: readonly Start[] | null): LaunchMean {
  const spread = starts === null ? 0 : sumOfProducts(starts, starts)
  if (starts !== null && spread > 0) return meanWithoutStart(values, starts, spread)
  const deviation = standardDeviation(values)
  return {
    centre: mean(values),
    deviation,
    error: deviation / Math.sqrt(values.length),
    degreesOfFreedom: values.length - 1,
    isWithoutStart: false,
  }
}

function meanWithoutStart(values: readonly number[], starts: readonly Start[], spread: number): LaunchMean {
  const [centre, start] = [mean(values), mean(starts)]
  const effect = sumOfProducts(starts, values) / spread
  const residuals = values.map((value, launch) => value - centre - effect * ((starts[launch] ?? 0) - start))
  const degreesOfFreedom = values.length - 2
  const deviation = Math.sqrt(sumOfProducts(residuals, residuals) / degreesOfFreedom)
  return {
    centre: centre - effect * start,
    deviation,
    error: deviation * Math.sqrt(1 / values.length + start ** 2 / spread),
    degreesOfFreedom,
    isWithoutStart: true,
  }
}

/** Of the distances from both means. */
function sumOfProducts(left: readonly number[], right: readonly number[]): number {
  const [centreLeft, centreRight] = [mean(left), mean(right)]
  return left.reduce((sum, value, index) => sum + (value - centreLeft) * ((right[index] ?? 0) - centreRight), 0)
}
