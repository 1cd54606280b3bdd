import { Tensor } from 'onnxruntime-common'
import { describe, expect, it } from 'vitest'
import { answerOf, fileStem, joined } from '../../../../electron/workers/onnxruntime-node/outputs.ts'

const answer = (shape: readonly number[], values: readonly number[]) => ({ shape, values: Float32Array.from(values) })

describe('the answers of a model', () => {
  it('keep whole numbers of 64 bits exact', () => {
    const tensor = new Tensor('int64', BigInt64Array.from([2n ** 40n + 1n, -2n]), [2])
    expect(answerOf(tensor)).toEqual({ shape: [2], values: Float64Array.from([2 ** 40 + 1, -2]) })
  })

  it('are one row for each image, without those that fill the last batch', () => {
    const answers = [answer([2, 1], [1, 2]), answer([2, 1], [3, 1])]
    expect(joined(answers, 2, 3)).toEqual({ shape: [3, 1], values: Float64Array.from([1, 2, 3]), isWide: false })
  })

  it('are whole at batch 1 where their shape depends on the image, and left out at another batch', () => {
    const answers = [answer([2, 1], [1, 2]), answer([0, 1], [])]
    expect(joined(answers, 1, 2)).toEqual({
      ...{
        shape: [2],
        shapes: [
          [2, 1],
          [0, 1],
        ],
        values: Float64Array.from([1, 2]),
        isWide: false,
      },
    })
    expect(joined(answers, 8, 2)).toBe(null)
    expect(joined([answer([], [4])], 1, 1)).toEqual({
      ...{ shape: [1], shapes: [[]], values: Float64Array.from([4]), isWide: false },
    })
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
