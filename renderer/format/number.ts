// Numbers as text: three significant digits, grouped thousands, never a bare number without its unit beside it.
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

export function count(value: number): string {
  return grouped.format(value)
}

/** `0.76`, `3.84`, `12.3`, `1,240`: at least three significant digits, no exponent. */
export function threeDigits(value: number): string {
  const size = Math.abs(value)
  if (size >= 100) return grouped.format(value)
  if (size >= 10) return value.toFixed(1)
  if (size >= 0.1 || size === 0) return value.toFixed(2)
  return value.toFixed(size >= 0.01 ? 3 : 4)
}

export function milliseconds(value: number): string {
  return `${threeDigits(value)} ms`
}

/** `5.06 ×`; the sign is part of the number. */
export function times(value: number): string {
  return `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ×`
}

export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`
}

const mebibyte = 1024 * 1024

export function mebibytes(bytes: number): string {
  return grouped.format(bytes / mebibyte)
}

/** `6.1 GB`, `58 MB`: decimal units, as downloads and disks are sold. */
export function bytes(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} GB`
  if (value >= 1e6) return `${(value / 1e6).toFixed(value >= 1e7 ? 0 : 1)} MB`
  return `${Math.max(1, Math.round(value / 1e3))} kB`
}

/** `64.0 GiB`: memory, in the units it is built in. */
export function gibibytes(value: number): string {
  return `${(value / 1024 / mebibyte).toFixed(1)} GiB`
}
