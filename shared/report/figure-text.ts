// Figures as text.
import { type Figure, type Interval, isMeasured } from '../domain/figure.ts'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/**
 * Figures as text: at least three significant digits, no exponent, grouped thousands, the unit next to the number, and
 * the reason if there is no number. Never rounds an unknown to zero.
 */
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

/** Like figureText, followed by its interval: `40.2 ms (40.0 – 40.5)`. */
export function figureWithInterval(figure: Figure, unit: string, format = numberText): string {
  const text = figureText(figure, unit, format)
  return isMeasured(figure) && figure.interval !== null ? `${text} (${rangeText(figure.interval, format)})` : text
}

/** The first letter as a capital: a phrase begins a sentence. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

// Very large numbers with a decimal prefix: operations and bytes per second. Three significant digits.

const prefixes = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const

/** `19.5 T`, `512 G`, `8`; a unit may directly follow the prefix. */
export function prefixedText(value: number): string {
  const found = prefixes.find(([size]) => value >= size * 0.9995)
  return found === undefined ? `${numberText(value)} ` : `${numberText(value / found[0])} ${found[1]}`
}

/** `19.5 Tops/s`. */
export function operationsText(perSecond: number): string {
  return `${prefixedText(perSecond)}ops/s`
}

/** `4.02 TB/s`. */
export function bandwidthText(bytesPerSecond: number): string {
  return `${prefixedText(bytesPerSecond)}B/s`
}

/** As an axis tick: `1 T`, `100`. */
export function prefixedTick(value: number): string {
  const found = prefixes.find(([size]) => value >= size * 0.9995)
  const [size, prefix] = found ?? [1, '']
  return `${Number((value / size).toPrecision(3))} ${prefix}`.trimEnd()
}

// Display names of interval methods: records store the names as keys.

/** `Wilcoxon signed-rank, within one launch`. */
export function intervalWords(method: string): string {
  return method.replace('wilcoxon-signed-rank', 'Wilcoxon signed-rank').replace('student-t', 'Student’s t')
}

/** Each listed once: a method that another one extends is left out. */
export function intervalsWords(methods: readonly string[]): string {
  const distinct = [...new Set(methods)]
  const whole = distinct.filter(
    (method) => !distinct.some((other) => other !== method && other.startsWith(`${method}, `)),
  )
  return whole.map(intervalWords).join('; ')
}
