// Very large numbers with a decimal prefix: operations and bytes a second. Three significant digits.
import { numberText } from './figure-text.ts'

const prefixes = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const

/** `19.5 T`, `512 G`, `8`; a unit may follow directly behind the prefix. */
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

/** As a tick of an axis: `1 T`, `100`. */
export function prefixedTick(value: number): string {
  const found = prefixes.find(([size]) => value >= size * 0.9995)
  const [size, prefix] = found ?? [1, '']
  return `${Number((value / size).toPrecision(3))} ${prefix}`.trimEnd()
}
