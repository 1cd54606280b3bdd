// Numbers to and from the bytes of an element type, little-endian. A float16 or bfloat16 is rounded to the nearest, ties to
// even; a bool is a byte of 0 or 1. Whole numbers must be in their type's range, which callers check.
import type { ElementType } from '../../shared/domain/model-input.ts'

export const bytesPerElement: Readonly<Record<ElementType, number>> = {
  ...{ float32: 4, float16: 2, float64: 8, bfloat16: 2, bool: 1 },
  ...{ int8: 1, int16: 2, int32: 4, int64: 8, uint8: 1, uint16: 2, uint32: 4, uint64: 8 },
}

export type TypedValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array

/** The bytes as an array; float16 and bfloat16 as the bits of each. */
export function typedView(type: ElementType, bytes: ArrayBuffer): TypedValues {
  switch (type) {
    case 'float32':
      return new Float32Array(bytes)
    case 'float64':
      return new Float64Array(bytes)
    case 'int8':
      return new Int8Array(bytes)
    case 'int16':
      return new Int16Array(bytes)
    case 'int32':
      return new Int32Array(bytes)
    case 'int64':
      return new BigInt64Array(bytes)
    case 'uint8':
    case 'bool':
      return new Uint8Array(bytes)
    case 'uint16':
    case 'float16':
    case 'bfloat16':
      return new Uint16Array(bytes)
    case 'uint32':
      return new Uint32Array(bytes)
    case 'uint64':
      return new BigUint64Array(bytes)
  }
}

export function encodeElements(type: ElementType, count: number, valueAt: (index: number) => number): Uint8Array {
  const bytes = new ArrayBuffer(count * bytesPerElement[type])
  const view = typedView(type, bytes)
  for (let index = 0; index < count; index += 1) {
    const value = valueAt(index)
    if (view instanceof BigInt64Array || view instanceof BigUint64Array) view[index] = BigInt(Math.round(value))
    else if (type === 'float16') view[index] = halfBits(value)
    else if (type === 'bfloat16') view[index] = brainBits(value)
    else view[index] = type === 'bool' ? Number(value !== 0) : value
  }
  return new Uint8Array(bytes)
}

/** The values as numbers: what a reader of an array of another type needs. */
export function decodeElements(type: ElementType, bytes: ArrayBuffer): Float64Array {
  const view = typedView(type, bytes)
  if (view instanceof BigInt64Array || view instanceof BigUint64Array) return Float64Array.from(view, Number)
  if (type === 'float16') return Float64Array.from(view, halfToFloat)
  if (type === 'bfloat16') return Float64Array.from(view, brainToFloat)
  return Float64Array.from(view)
}

/** IEEE 754 binary16 from its bits. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * 2 ** -24 * fraction : sign * 2 ** (exponent - 25) * (0x400 + fraction)
}

const single = new Float32Array(1)
const singleBits = new Uint32Array(single.buffer)

function brainToFloat(bits: number): number {
  singleBits[0] = bits << 16
  return single[0] ?? 0
}

function brainBits(value: number): number {
  single[0] = value
  const bits = singleBits[0] ?? 0
  if (Number.isNaN(value)) return 0x7fc0
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff
}

function halfBits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  if (size >= 65_520) return sign | 0x7c00
  const exponent = Math.max(-14, Math.floor(Math.log2(size === 0 ? 2 ** -14 : size)))
  const steps = roundToEven(size * 2 ** (10 - exponent))
  // A size that rounds up to the next power of two carries into the exponent by itself.
  return sign | (steps < 1024 ? steps : ((exponent + 15) << 10) + (steps - 1024))
}

function roundToEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below
}
