// The headline again without the rounds in which one of its two cases was disturbed. It never replaces the headline; if
// the two differ by more than the interval, it says that the result is unstable.
import type { Interval } from '../domain/figure.ts'
import type { CaseRecord, Speedup } from '../domain/run.ts'
import { gainBetween, inverted } from '../statistics/gain-between.ts'
import { rangeText, timesText } from './figure-text.ts'

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
