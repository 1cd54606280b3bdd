// Whether a warm-up has reached steady state: the median of the last window differs from the one before by less than
// 5 % or three standard errors, whichever is more, and the medians of five parts show no trend. Noise alone is not
// unsteadiness. Latencies in milliseconds; pure.

const windowSamples = 50
const smallestWindow = 5
const partCount = 5
const allowedShare = 0.05

export interface SteadinessVerdict {
  readonly steady: boolean
  readonly reason: string
}

/** Null where there are too few samples to say anything. */
export function judgeSteadiness(latenciesMs: readonly number[]): SteadinessVerdict | null {
  const window = Math.min(windowSamples, Math.floor(latenciesMs.length / 2))
  if (window < smallestWindow) return null
  const tail = latenciesMs.slice(-2 * window)
  const before = summary(tail.slice(0, window))
  const after = summary(tail.slice(window))
  const share = Math.abs(after.median - before.median) / before.median
  const errors = (3 * Math.hypot(before.standardError, after.standardError)) / before.median
  const allowed = Math.max(allowedShare, errors)
  const seen = `the medians of two windows of ${window} samples differ by ${percent(share)}, ${percent(allowed)} is allowed`
  if (share >= allowed) return { steady: false, reason: seen }
  if (hasTrend(tail)) return { steady: false, reason: `${seen}, but its parts keep moving one way` }
  return { steady: true, reason: seen }
}

function summary(samples: readonly number[]): { median: number; standardError: number } {
  const sorted = [...samples].sort((a, b) => a - b)
  const spread = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 1.349
  return { median: quantile(sorted, 0.5), standardError: (1.2533 * spread) / Math.sqrt(sorted.length) }
}

function quantile(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1)
  const low = sorted[Math.floor(position)] ?? Number.NaN
  const high = sorted[Math.ceil(position)] ?? Number.NaN
  return low + (high - low) * (position - Math.floor(position))
}

function hasTrend(samples: readonly number[]): boolean {
  const size = Math.floor(samples.length / partCount)
  if (size < smallestWindow) return false
  const medians = Array.from(
    { length: partCount },
    (_, part) => summary(samples.slice(part * size, (part + 1) * size)).median,
  )
  const steps = medians.slice(1).map((median, index) => Math.sign(median - (medians[index] ?? median)))
  return steps.every((step) => step === 1) || steps.every((step) => step === -1)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
