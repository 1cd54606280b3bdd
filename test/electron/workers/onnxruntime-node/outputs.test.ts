import { Tensor } from 'onnxruntime-common'
import { describe, expect, it } from 'vitest'
import { fileStem, floatsOf, halfToFloat } from '../../../../electron/workers/onnxruntime-node/outputs.ts'

describe('a tensor as floats', () => {
  it.each([
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
  ])('reads the half %i as %d', (bits, value) => {
    expect(halfToFloat(bits)).toBe(value)
  })

  it('takes whole numbers of 64 bits', () => {
    expect(floatsOf(new Tensor('int64', BigInt64Array.from([1n, -2n]), [2]))).toEqual(Float32Array.from([1, -2]))
  })
})

it('gives outputs files of their own, whatever they are called', () => {
  const taken = new Set<string>()
  const names = ['logits', 'heads/box', 'heads_box', 'Heads_Box', '../out', '框', 'heads_box-2', 'x'.repeat(300)]
  expect(names.map((name) => fileStem(name, taken))).toEqual([
    'logits',
    'heads_box',
    'heads_box-2',
    'Heads_Box-3',
    '_out',
    '_',
    'heads_box-2-2',
    'x'.repeat(60),
  ])
})
