// Sizes and shares as text, with their units. Plain figures are in the report's own text, so that both say the same.
export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`
}

const gibibyte = 1024 ** 3

/** `6.1 GB`, `58 MB`: decimal units, as downloads and disks are sold. */
export function bytes(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} GB`
  if (value >= 1e6) return `${(value / 1e6).toFixed(value >= 1e7 ? 0 : 1)} MB`
  return `${Math.max(1, Math.round(value / 1e3))} kB`
}

/** `64.0 GiB`: memory, in the units it is built in. */
export function gibibytes(value: number): string {
  return `${(value / gibibyte).toFixed(1)} GiB`
}
