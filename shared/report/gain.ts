// How much faster one case is than another, from what the record says of both against their baseline. Where the other
// is the baseline this is its speedup. Otherwise the interval is taken from both intervals at their far ends, so it is
// wide, and it holds at least as often as both hold together.
import type { Interval } from '../domain/figure.ts'
import type { CaseRecord } from '../domain/run.ts'

export function gainBetween(
  best: CaseRecord,
  reference: CaseRecord,
  baseline: CaseRecord,
): { readonly value: number; readonly interval: Interval | null } {
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
