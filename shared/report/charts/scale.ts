// Axes of charts: linear and logarithmic scales with round ticks, and labels moved apart.

/** Axes that start at zero: a linear scale and its round ticks. */
export interface Scale {
  readonly max: number
  readonly ticks: readonly number[]
  /** Value -> pixels from the axis. */
  position(value: number): number
}

const steps = [1, 2, 2.5, 5, 10]

/** Beyond these, steps and ticks are no longer numbers; nothing that is measured comes near. */
const [smallestSize, largestSize] = [1e-300, 1e300]

/** The top is the first round tick at or above `largest`. */
export function zeroScale(largest: number, length: number, wantedTicks = 5): Scale {
  const size = largest > smallestSize && largest < largestSize ? largest : 1
  const rough = size / wantedTicks
  const magnitude = 10 ** Math.floor(Math.log10(rough))
  const step = (steps.find((each) => each * magnitude >= rough * 0.999) ?? 10) * magnitude
  const tickCount = Math.ceil(size / step - 1e-9)
  const max = tickCount * step
  const ticks = Array.from({ length: tickCount + 1 }, (_, index) => Number((index * step).toPrecision(12)))
  return { max, ticks, position: (value) => (value / max) * length }
}

const plain = new Intl.NumberFormat('en-US', { maximumFractionDigits: 4 })

export function tickText(value: number): string {
  return value >= 10_000 ? `${plain.format(value / 1000)}k` : plain.format(value)
}

/** Logarithmic axes: whole decades around the values, with a tick at each. */
interface LogScale {
  readonly low: number
  readonly high: number
  readonly ticks: readonly number[]
  /** Value -> pixels from the axis; values beyond the ends are clamped. */
  position(value: number): number
}

/** Ignores numbers that are not above zero. */
export function logScale(values: readonly number[], length: number): LogScale {
  const shown = values.filter((value) => Number.isFinite(value) && value > 0)
  const first = Math.floor(Math.log10(Math.min(...(shown.length > 0 ? shown : [1]))) + 1e-9)
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...(shown.length > 0 ? shown : [1]))) - 1e-9))
  const share = (value: number) => (Math.log10(value) - first) / (last - first)
  return {
    low: 10 ** first,
    high: 10 ** last,
    ticks: Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index)),
    position: (value) => (value > 0 ? Math.min(1, Math.max(0, share(value))) * length : 0),
  }
}

/** Moves labels apart so that none overlap, each as near to its own position as possible. */
export function spreadApart(wanted: readonly number[], gap: number, from: number, to: number): readonly number[] {
  const order = wanted.map((_, index) => index).sort((left, right) => (wanted[left] ?? 0) - (wanted[right] ?? 0))
  const placed = [...wanted]
  let least = from
  for (const index of order) {
    placed[index] = Math.max(least, wanted[index] ?? 0)
    least = (placed[index] ?? 0) + gap
  }
  let most = to
  for (const index of order.reverse()) {
    placed[index] = Math.min(most, placed[index] ?? 0)
    most = (placed[index] ?? 0) - gap
  }
  return placed
}
