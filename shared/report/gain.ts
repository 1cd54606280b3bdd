// How much faster one case is than another, with and without the rounds in which one of the two was disturbed.
import type { Interval } from '../domain/figure.ts'
import type { CaseRecord, Speedup } from '../domain/run.ts'
import { rangeText, timesText } from './figure-text.ts'

interface Gain {
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

// The headline again without the rounds in which one of its two cases was disturbed. It never replaces the headline; if
// the two differ by more than the interval, it says that the result is unstable.

export const everyRoundDisturbed = 'Every round was disturbed.'

/**
 * `Without 3 disturbed rounds it is 2.39 × (2.38 – 2.41).`; null if no round was disturbed.
 *
 * @param shown the gain of `best` over `reference` with all rounds, and whether the headline tells it the other way round.
 */
export function undisturbedHeadline(
  best: CaseRecord,
  reference: CaseRecord,
  baseline: CaseRecord,
  { interval, isInverted }: { readonly interval: Interval | null; readonly isInverted: boolean },
): string | null {
  const left = [best, reference].flatMap(({ speedup }) => speedup.withoutFlagged?.roundsLeftOut ?? [])
  if (left.length === 0) return null
  const rounds = left.length > 1 ? 'the disturbed rounds' : roundsText(left[0] ?? 0)
  if ([best, reference].some(({ speedup }) => speedup.withoutFlagged?.value === null)) return everyRoundDisturbed
  const without = gainBetween(undisturbed(best), undisturbed(reference), baseline)
  const told = isInverted ? inverted(without) : without
  const range = told.interval === null ? '' : ` (${rangeText(told.interval)})`
  const isUnstable = interval !== null && (without.value < interval.low || without.value > interval.high)
  const verdict = isUnstable ? ', which lies outside the interval: unstable' : ''
  return `Without ${rounds} it is ${timesText(told.value)}${range}${verdict}.`
}

export function roundsText(count: number): string {
  return count === 1 ? '1 disturbed round' : `${count} disturbed rounds`
}

/** The case with the speedup without those rounds as its speedup. */
function undisturbed(entry: CaseRecord): CaseRecord {
  const { withoutFlagged } = entry.speedup
  if (withoutFlagged === undefined) return entry
  const speedup: Speedup = { ...entry.speedup, value: withoutFlagged.value, interval: withoutFlagged.interval }
  return { ...entry, speedup }
}
