// Whether a series of latencies has stopped changing: the median of the last 50 is within max(5 %, 3 standard errors)
// of that of the 50 before, and the medians of five consecutive windows do not all rise or all fall. It refuses drift,
// not noise. With fewer than 100 samples it judges what is there, ten at least, and says so.
import type { CaseRecord } from '../domain/run.ts'
import { percentileOfSorted } from './percentile.ts'
import { sortedCopy } from './sorted.ts'

type Steadiness = CaseRecord['steadiness'][number]

const halfCount = 50
const fewestJudged = 10
const windowCount = 5
const smallestChange = 0.05

export function steadinessOf(latenciesMs: readonly number[], elapsedMs: number): Steadiness {
  const iterations = latenciesMs.length
  const half = Math.min(halfCount, Math.floor(iterations / 2))
  if (iterations < fewestJudged) {
    return { verdict: 'not-checked', iterations, elapsedMs, reason: `${iterations} samples are too few to tell` }
  }
  const judged = latenciesMs.slice(-2 * half)
  const change = relativeChange(judged.slice(0, half), judged.slice(half))
  const basis = half === halfCount ? '' : `, judged on ${judged.length} samples`
  if (Math.abs(change.value) >= change.limit) {
    const reason = `the median still moved by ${percent(change.value)}, limit ${percent(change.limit)}${basis}`
    return { verdict: 'no-steady-state', iterations, elapsedMs, reason }
  }
  if (isMonotone(windowMedians(judged))) {
    return { verdict: 'no-steady-state', iterations, elapsedMs, reason: `window medians all move one way${basis}` }
  }
  const reason = `the median moved by ${percent(change.value)}, limit ${percent(change.limit)}${basis}`
  return { verdict: 'steady', iterations, elapsedMs, reason }
}

function relativeChange(before: readonly number[], after: readonly number[]): { value: number; limit: number } {
  const [earlier, later] = [medianWithError(before), medianWithError(after)]
  const error = Math.hypot(earlier.error, later.error) / earlier.median
  return { value: later.median / earlier.median - 1, limit: Math.max(smallestChange, 3 * error) }
}

/** Standard error of a median, its spread taken from the quartiles so that one wild sample does not excuse a drift. */
function medianWithError(values: readonly number[]): { median: number; error: number } {
  const sorted = sortedCopy(values)
  const deviation = (percentileOfSorted(sorted, 0.75) - percentileOfSorted(sorted, 0.25)) / 1.349
  return { median: percentileOfSorted(sorted, 0.5), error: (1.2533 * deviation) / Math.sqrt(values.length) }
}

function windowMedians(values: readonly number[]): readonly number[] {
  const size = Math.floor(values.length / windowCount)
  return Array.from({ length: windowCount }, (_, index) =>
    percentileOfSorted(sortedCopy(values.slice(index * size, (index + 1) * size)), 0.5),
  )
}

function isMonotone(values: readonly number[]): boolean {
  const steps = values.slice(1).map((value, index) => Math.sign(value - (values[index] ?? value)))
  return steps.every((step) => step === 1) || steps.every((step) => step === -1)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
