import { describe, expect, it } from 'vitest'
import { decodeElements, encodeElements, halfToFloat, typedView } from '../../../electron/inputs/element-bytes.ts'
import { type ElementType, elementTypeSchema, isFloat } from '../../../shared/domain/model-input.ts'

const bytesOf = (type: ElementType, values: readonly number[]) =>
  encodeElements(type, values.length, (index) => values[index] ?? 0)
const buffer = (bytes: Uint8Array) => bytes.slice().buffer

describe('the bytes of numbers', () => {
  it.each(elementTypeSchema.options)('of %s hold what the type holds', (type) => {
    const values = isFloat(type) ? [0, 1, -2.5, 0.25] : type === 'bool' ? [0, 1, 1, 0] : [0, 1, 100, 7]
    expect([...decodeElements(type, buffer(bytesOf(type, values)))]).toEqual(values)
  })

  it.each([
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x0400, 2 ** -14],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
  ])('read and write the half %i as %d', (bits, value) => {
    expect(halfToFloat(bits)).toBe(value)
    expect(typedView('float16', buffer(bytesOf('float16', [value])))[0]).toBe(bits)
  })

  it('round halves to the nearest, ties to even, and beyond the largest to infinity', () => {
    const values = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 2047.9999, 65519, 65520, 2 ** -25]
    expect([...decodeElements('float16', buffer(bytesOf('float16', values)))]).toEqual([
      ...[1, 1 + 2 ** -9, 2048, 65504, Number.POSITIVE_INFINITY, 0],
    ])
  })

  it('round bfloat16 to the nearest, ties to even', () => {
    const values = [1 + 2 ** -8, 1 + 3 * 2 ** -8, -3.140625]
    expect([...decodeElements('bfloat16', buffer(bytesOf('bfloat16', values)))]).toEqual([1, 1 + 2 ** -6, -3.140625])
  })

  it('keep whole numbers of 64 bits exact up to what a double holds', () => {
    const values = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]
    expect([...decodeElements('int64', buffer(bytesOf('int64', values)))]).toEqual(values)
  })
})
