import { describe, expect, it } from 'vitest'
import { inputBatches } from '../../../../electron/workers/onnxruntime-node/inputs.ts'

/** Image i is [10 i, 10 i + 1]. */
const images = Float32Array.from([0, 1, 10, 11, 20, 21, 30, 31, 40, 41])
const shape = [5, 1, 1, 2]
const firstsOf = (batchSize: number) =>
  inputBatches(shape, images, batchSize).batches.map((batch) =>
    Array.from({ length: batchSize }, (_, index) => (batch[index * 2] ?? Number.NaN) / 10),
  )

describe('input batches', () => {
  it('are the images themselves, uncopied, one by one', () => {
    const { batches } = inputBatches(shape, images, 1)
    expect(firstsOf(1)).toEqual([[0], [1], [2], [3], [4]])
    expect(batches.every((batch) => batch.buffer === images.buffer)).toBe(true)
  })

  it('wrap to the first images so that each is full and every image is used', () => {
    expect(firstsOf(2)).toEqual([
      [0, 1],
      [2, 3],
      [4, 0],
    ])
  })

  it('repeat the images where the batch is larger than their number', () => {
    expect(firstsOf(12)).toEqual([[0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1]])
    expect(inputBatches(shape, images, 12).shape).toEqual([12, 1, 1, 2])
  })
})
