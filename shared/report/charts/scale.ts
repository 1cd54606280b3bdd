// Axes that start at zero: a linear scale and its round ticks.
export interface Scale {
  readonly max: number
  readonly ticks: readonly number[]
  /** Value -> pixels from the axis. */
  position(value: number): number
}

const steps = [1, 2, 2.5, 5, 10]

/** The top is the first round tick at or above `largest`. */
export function zeroScale(largest: number, length: number, wantedTicks = 5): Scale {
  const size = Number.isFinite(largest) && largest > 0 ? largest : 1
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
