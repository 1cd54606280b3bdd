// Shades of one colour for the parts of a stacked bar: neighbours are told apart, in both themes.
const shades = [1, 0.62, 0.38, 0.22, 0.8] as const

/** Opacity, 0..1. */
export function partShade(index: number): number {
  return shades[index % shades.length] ?? 1
}
