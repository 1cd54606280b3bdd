import { expect, test } from 'vitest'
import { fitsIn, predictMemoryBytes } from '../../../shared/planning/memory-prediction.ts'

test('memory grows in a straight line through the two largest batches that are known', () => {
  const known = [
    { batchSize: 4, bytes: 500 },
    { batchSize: 1, bytes: 100 },
    { batchSize: 2, bytes: 300 },
  ]
  expect(predictMemoryBytes(known, 8)).toBe(900)
})

test('a batch that took less than a smaller one foretells no less than it took', () => {
  const known = [
    { batchSize: 1, bytes: 310 },
    { batchSize: 2, bytes: 300 },
  ]
  expect(predictMemoryBytes(known, 64)).toBe(300)
})

test('nothing is foretold from one batch', () => {
  expect(predictMemoryBytes([{ batchSize: 1, bytes: 100 }], 2)).toBeNull()
})

test('a tenth of what is free is not used', () => {
  expect([fitsIn(90, 100), fitsIn(91, 100)]).toEqual([true, false])
})
