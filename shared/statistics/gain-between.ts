// How much faster one case of a group is than another, from what was recorded of both.
import type { Interval } from '../domain/figure.ts'
import type { CaseRecord } from '../domain/run.ts'

export interface Gain {
  readonly value: number
  readonly interval: Interval | null
}

/**
 * How much faster one case is than another, from their recorded speedups over the baseline. If the other is the
 * baseline, this is the speedup itself. Otherwise the interval combines the far ends of both intervals, so it is wide,
 * and it holds at least as often as both hold together.
 */
export function gainBetween(best: CaseRecord, reference: CaseRecord, baseline: CaseRecord): Gain {
  const own = best.speedup
  const other = reference.speedup
  if (own.value === null) return { value: Number.NaN, interval: null }
  if (reference.caseKey === baseline.caseKey || other.value === null)
    return { value: own.value, interval: own.interval }
  const value = own.value / other.value
  if (own.interval === null || other.interval === null) return { value, interval: null }
  const level = own.interval.level + other.interval.level - 1
  return {
    value,
    interval: {
      low: own.interval.low / other.interval.high,
      high: own.interval.high / other.interval.low,
      level: Number(level.toFixed(6)),
      method: `from two intervals over ${baseline.caseKey}: ${own.interval.method}`,
    },
  }
}

/** The gain of the other case over this one. */
export function inverted({ value, interval }: Gain): Gain {
  if (interval === null) return { value: 1 / value, interval }
  return { value: 1 / value, interval: { ...interval, low: 1 / interval.high, high: 1 / interval.low } }
}
