// How far builds of one engine lie apart: a builder chooses by timing, so a figure of one build is of that build alone.
// Speedups and times as they are; at least two of them.

/** `between builds: 1.92–2.01 ×`; null of fewer than two. */
export function buildSpread(speedups: readonly number[]): string | null {
  return speedups.length < 2 ? null : `between builds: ${rangeText(speedups, 2)} ×`
}

/** `1.92–2.01`, or one number where they round to the same. */
export function rangeText(values: readonly number[], decimals: number): string {
  const low = Math.min(...values).toFixed(decimals)
  const high = Math.max(...values).toFixed(decimals)
  return low === high ? low : `${low}–${high}`
}
