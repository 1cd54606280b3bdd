import { expect, test } from 'vitest'
import { measured, missing } from '../../../shared/domain/figure.ts'
import { nextSeriesStep, type SeriesPoint } from '../../../shared/planning/sweep-series.ts'

const batchSizes = [1, 2, 4, 8, 16, 32]

function good(batchSize: number, imagesPerSecond = 100 * batchSize, bytes = 1e9 + batchSize * 1e8): SeriesPoint {
  return {
    batchSize,
    state: 'measured',
    latencyMs: measured((1000 * batchSize) / imagesPerSecond),
    imagesPerSecond: measured(imagesPerSecond),
    memoryBytes: measured(bytes),
  }
}

function bad(batchSize: number, state: SeriesPoint['state'] = 'out-of-memory'): SeriesPoint {
  const none = missing('It did not fit.')
  return { batchSize, state, latencyMs: none, imagesPerSecond: none, memoryBytes: none }
}

const next = (points: readonly SeriesPoint[], freeBytes: number | null = 64e9) =>
  nextSeriesStep({ batchSizes, points, freeBytes })

test('batches are taken ascending, each with what it will need once two are known', () => {
  expect(next([])).toEqual({ kind: 'measure', batchSize: 1, predictedMemoryBytes: null })
  expect(next([good(1)])).toEqual({ kind: 'measure', batchSize: 2, predictedMemoryBytes: null })
  expect(next([good(1), good(2)])).toEqual({ kind: 'measure', batchSize: 4, predictedMemoryBytes: 1.4e9 })
  expect(next(batchSizes.map((size) => good(size)))).toBeNull()
})

test('what will not fit is not tried, nor is anything larger', () => {
  const points = [good(1), good(2)]
  expect(next(points, 1.5e9)).toEqual({
    kind: 'skip',
    batchSize: 4,
    predictedMemoryBytes: 1.4e9,
    state: 'predicted-out-of-memory',
    reason: 'Not tried: it would take about 1.40 GB, and 1.50 GB are free.',
  })
  expect(next([...points, bad(4, 'predicted-out-of-memory')], null)).toMatchObject({
    kind: 'skip',
    batchSize: 8,
    reason: 'Not tried: batch 4 is too large for the memory already.',
  })
})

test('a batch that ran out of memory is not tried again: the gap below it is halved twice', () => {
  const points = [good(1), good(2), good(4), good(8), bad(16)]
  expect(next(points)).toMatchObject({ kind: 'measure', batchSize: 12 })
  expect(next([...points, good(12)])).toMatchObject({ kind: 'measure', batchSize: 14 })
  expect(next([...points, bad(12)])).toMatchObject({ kind: 'measure', batchSize: 10 })
  expect(next([...points, good(12), bad(14)])).toMatchObject({
    kind: 'skip',
    batchSize: 32,
    state: 'predicted-out-of-memory',
  })
  expect(next([bad(1)])).toMatchObject({ kind: 'skip', batchSize: 2 })
})

test('a series ends after two batches that give no more throughput and take longer', () => {
  expect(next([good(1, 100), good(2, 180), good(4, 183)])).toMatchObject({ kind: 'measure', batchSize: 8 })
  expect(next([good(1, 100), good(2, 180), good(4, 183), good(8, 170)])).toMatchObject({
    kind: 'skip',
    batchSize: 16,
    state: 'dominated',
    reason: 'Not measured: batches 4 and 8 give no 2 % more throughput than a smaller one, at a higher latency.',
  })
  expect(next([good(1, 100), good(2, 101), good(4, 300)])).toMatchObject({ kind: 'measure', batchSize: 8 })
})

test('a point that failed for another reason ends nothing', () => {
  expect(next([good(1), bad(2, 'failed')])).toMatchObject({ kind: 'measure', batchSize: 4 })
})
