import { describe, expect, it } from 'vitest'
import { inputBatches } from '../../../../electron/workers/onnxruntime-node/inputs.ts'

/** Image i is [10 i, 10 i + 1]. */
const images = Float32Array.from([0, 1, 10, 11, 20, 21, 30, 31, 40, 41])
const shape = [5, 1, 1, 2]
const batching = (batchSize: number) => ({ batchSize, batchAxis: 0, imageCount: 5 })
const firstsOf = (batchSize: number) =>
  inputBatches(shape, images, batching(batchSize)).batches.map((batch) =>
    Array.from({ length: batchSize }, (_, index) => Number(batch[index * 2] ?? Number.NaN) / 10),
  )

describe('input batches', () => {
  it('are the images themselves, uncopied, one by one', () => {
    const { batches } = inputBatches(shape, images, batching(1))
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
    expect(inputBatches(shape, images, batching(12)).shape).toEqual([12, 1, 1, 2])
  })

  it('take one row as it is where there is no batch, again and again where there is one row', () => {
    const each = inputBatches([5, 2], images, { batchSize: 1, batchAxis: null, imageCount: 5 })
    expect(each.shape).toEqual([2])
    expect(each.batches.map((batch) => [...batch])).toEqual([
      [0, 1],
      [10, 11],
      [20, 21],
      [30, 31],
      [40, 41],
    ])
    const one = inputBatches([1, 2], images.slice(0, 2), { batchSize: 2, batchAxis: null, imageCount: 5 })
    expect(one.batches.map((batch) => [...batch])).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ])
  })

  it('stack rows along the dimension that counts them', () => {
    const rows = BigInt64Array.from([0n, 1n, 2n, 3n, 10n, 11n, 12n, 13n])
    const { shape, batches } = inputBatches([2, 2, 2], rows, { batchSize: 2, batchAxis: 1, imageCount: 2 })
    expect(shape).toEqual([2, 2, 2])
    expect(batches).toEqual([BigInt64Array.from([0n, 1n, 10n, 11n, 2n, 3n, 12n, 13n])])
  })
})
