// Figures in a terminal: value, unit, or the reason why there is none.
import { type Figure, isMeasured } from '../../shared/domain/figure.ts'

/** Three significant digits, never with an exponent. */
export function numberText(value: number): string {
  if (value === 0) return '0'
  const decimals = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(Math.abs(value)))))
  return value.toFixed(decimals)
}

export function figureText(figure: Figure, unit: string): string {
  return isMeasured(figure) ? `${numberText(figure.value)} ${unit}`.trimEnd() : '–'
}

export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${numberText(bytes / 1000 ** power)} ${units[power]}`
}

export function bytesFigureText(figure: Figure): string {
  return isMeasured(figure) ? bytesText(figure.value) : '–'
}

export function durationText(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  const seconds = milliseconds / 1000
  if (seconds < 60) return `${numberText(seconds)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}
