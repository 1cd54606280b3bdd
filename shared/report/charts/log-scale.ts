// Logarithmic axes: whole decades around what is shown, a tick at each.
export interface LogScale {
  readonly low: number
  readonly high: number
  readonly ticks: readonly number[]
  /** Value -> pixels from the axis; what lies beyond the ends is held at them. */
  position(value: number): number
}

/** Numbers that are not above zero have no place on it and are passed over. */
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
