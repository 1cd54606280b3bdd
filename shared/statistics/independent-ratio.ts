// The ratio of two figures that were measured independently of each other, such as one figure in two runs. Rounds of
// different runs cannot be paired, so the interval comes from the two figures' own intervals over launches: the method of
// variance estimates recovery (MOVER; Zou and Donner, Statistics in Medicine 27, 2008) on a logarithmic scale. It holds
// what launches show, and not what else changed between the two measurements.
import type { Interval, MeasuredFigure } from '../domain/figure.ts'
import { studentQuantile } from './distributions.ts'

export interface FigureOverLaunches {
  readonly figure: MeasuredFigure
  /** Number of launches that its interval is over. */
  readonly launches: number
}

export interface IndependentRatio {
  readonly value: number
  /** Null if either figure has no interval over at least two launches. */
  readonly interval: Interval | null
}

/** @param level of the ratio's interval; each figure's own is brought to it by Student's t. */
export function independentRatio(
  numerator: FigureOverLaunches,
  denominator: FigureOverLaunches,
  level: number,
): IndependentRatio {
  const value = numerator.figure.value / denominator.figure.value
  const [above, below] = [reachesOf(numerator, level), reachesOf(denominator, level)]
  if (above === null || below === null) return { value, interval: null }
  return {
    value,
    interval: {
      low: value * Math.exp(-Math.hypot(above.down, below.up)),
      high: value * Math.exp(Math.hypot(above.up, below.down)),
      level: Number(level.toFixed(6)),
      method: `from two intervals over ${numerator.launches} and ${denominator.launches} launches`,
    },
  }
}

/** How far an interval reaches on either side, as logarithms, at another level than its own. */
function reachesOf({ figure: { value, interval }, launches }: FigureOverLaunches, level: number) {
  if (interval === null || launches < 2) return null
  const factor = studentQuantile(level, launches - 1) / studentQuantile(interval.level, launches - 1)
  return { down: factor * Math.log(value / interval.low), up: factor * Math.log(interval.high / value) }
}
