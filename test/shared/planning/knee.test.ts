import { expect, test } from 'vitest'
import { findKnee } from '../../../shared/planning/knee.ts'

const curve = (...imagesPerSecond: readonly number[]) =>
  imagesPerSecond.map((value, index) => ({ batchSize: 2 ** index, imagesPerSecond: value }))

test('the knee is where throughput stops growing as the batch does', () => {
  expect(findKnee(curve(100, 190, 340, 380, 400))).toEqual({
    batchSize: 4,
    reason: 'it reaches 85 % of the highest throughput, that of batch 16',
  })
})

test('a curve that keeps its pace has no knee, and says so', () => {
  expect(findKnee(curve(100, 200, 400, 800))).toEqual({
    batchSize: 8,
    reason: 'no knee: still growing at the largest batch',
  })
})

test('where larger batches gain nothing the smallest is enough', () => {
  expect(findKnee(curve(100, 102, 101, 103))).toEqual({
    batchSize: 1,
    reason: 'no batch up to 8 gives 5 % more throughput than batch 1',
  })
})

test('a batch beyond the fastest does not move the knee', () => {
  expect(findKnee(curve(100, 200, 210, 150))?.batchSize).toBe(2)
  expect(findKnee(curve(100, 200, 190, 150))).toEqual({
    batchSize: 2,
    reason: 'it has the highest throughput; a larger batch gains nothing',
  })
})

test('two batches have no knee', () => {
  expect(findKnee(curve(100, 200))).toBeNull()
})
