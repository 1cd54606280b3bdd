// Figures as text: at least three significant digits, no exponent, grouped thousands, the unit beside the number, and
// where there is no number the reason instead. Never rounds an unknown to zero.
import { type Figure, type Interval, isMeasured } from '../domain/figure.ts'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

export function countText(value: number): string {
  return whole.format(value)
}

/** `0.0762`, `0.762`, `3.84`, `12.3`, `1,240`. */
export function numberText(value: number): string {
  const size = Math.abs(value)
  if (size >= 100 || size === 0) return whole.format(value)
  if (size >= 10) return value.toFixed(1)
  if (size >= 1) return value.toFixed(2)
  return value.toFixed(Math.min(9, 2 - Math.floor(Math.log10(size))))
}

/** `5.06`, `35.7`, `142`. */
export function ratioText(ratio: number): string {
  return ratio.toFixed(ratio >= 100 ? 0 : ratio >= 10 ? 1 : 2)
}

/** `5.06 ×`. */
export function timesText(ratio: number): string {
  return `${ratioText(ratio)} ×`
}

export function percentText(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

const mebibyte = 1024 * 1024

export function mebibytesText(bytes: number): string {
  return whole.format(bytes / mebibyte)
}

/** `1.32 – 1.37`. */
export function rangeText({ low, high }: Pick<Interval, 'low' | 'high'>, format = ratioText): string {
  return `${format(low)} – ${format(high)}`
}

/** `95 %`, `97.5 %`. */
export function levelText({ level }: Pick<Interval, 'level'>): string {
  return `${Number((level * 100).toFixed(1))} %`
}

/** `40.2 ms`, or `not measured: n too small (204/662)`. */
export function figureText(figure: Figure, unit: string, format = numberText): string {
  return isMeasured(figure) ? `${format(figure.value)} ${unit}`.trimEnd() : `not measured: ${figure.reason}`
}

/** As figureText, with its interval behind it: `40.2 ms (40.0 – 40.5)`. */
export function figureWithInterval(figure: Figure, unit: string, format = numberText): string {
  const text = figureText(figure, unit, format)
  return isMeasured(figure) && figure.interval !== null ? `${text} (${rangeText(figure.interval, format)})` : text
}
