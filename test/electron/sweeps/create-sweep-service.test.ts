import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sweepRecordSchema } from '../../../shared/domain/sweep.ts'
import { simulatedSweep, sweepBench } from '../../fakes/sweep-bench.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
const steady = { spread: 0 }

test('a sweep measures every point, finds the knee, and leaves the whole record and its report', async () => {
  const { sweep } = await sweepBench(root)
  const { record, events, folder } = await sweep(
    simulatedSweep([{ ...steady, medianMs: 8, perImageMs: 1, memoryBytes: 1e8, memoryBytesPerImage: 1e6 }]),
  )
  // 1000 / 9, 2000 / 10, 4000 / 12, 8000 / 16, 16000 / 24 images a second.
  expect(record).toMatchObject({
    state: 'completed',
    simulated: true,
    error: null,
    points: [1, 2, 4, 8, 16].map((batchSize) => ({
      batchSize,
      streams: 1,
      state: 'measured',
      reason: null,
      latencyMs: { value: 8 + batchSize },
      imagesPerSecond: { value: expect.closeTo((1000 * batchSize) / (8 + batchSize), 6) },
      memoryBytes: { value: 1e8 + batchSize * 1e6 },
      predictedMemoryBytes: batchSize > 2 ? 1e8 + batchSize * 1e6 : null,
    })),
    knees: [{ backend: 'simulated', precision: 'fp32', streams: 1, batchSize: 16 }],
  })
  expect(sweepRecordSchema.parse(JSON.parse(await readFile(join(folder, 'sweep.json'), 'utf8')))).toEqual(record)
  expect((await readdir(folder)).sort()).toEqual(['sweep.json', 'sweep.md', 'sweep.svg'])
  expect(events.map(({ kind }) => kind).filter((kind) => kind === 'point-ended')).toHaveLength(5)
  expect(events.at(-1)).toEqual({ kind: 'sweep-ended', record })
})

test('a batch that runs out of memory is halved twice, never repeated, and larger ones are not tried', async () => {
  const { sweep } = await sweepBench(root)
  const fault = { stage: 'warmup', code: 'out-of-memory-gpu', fromBatch: 11 }
  const { record } = await sweep(
    simulatedSweep([{ ...steady, medianMs: 1, perImageMs: 0.01, fault }], {
      batchSizes: [4, 8, 16, 32],
    }),
  )
  expect(record.points.map(({ batchSize, state }) => [batchSize, state])).toEqual([
    [4, 'measured'],
    [8, 'measured'],
    [16, 'out-of-memory'],
    [12, 'out-of-memory'],
    [10, 'measured'],
    [32, 'predicted-out-of-memory'],
  ])
  expect(record.state).toBe('completed')
})

test('what cannot fit is foretold and not tried', async () => {
  const { sweep } = await sweepBench(root, { freeMemoryBytes: () => 1e9 })
  const { record } = await sweep(
    simulatedSweep([{ ...steady, medianMs: 1, memoryBytes: 1e8, memoryBytesPerImage: 1e8 }], {
      batchSizes: [1, 2, 8, 16],
    }),
  )
  expect(record.points.slice(2)).toMatchObject([
    { batchSize: 8, state: 'measured', predictedMemoryBytes: 9e8 },
    { batchSize: 16, state: 'predicted-out-of-memory', predictedMemoryBytes: 1.7e9 },
  ])
})

test('a series that gains nothing ends early, and the next one is measured all the same', async () => {
  const { sweep } = await sweepBench(root)
  const flat = { ...steady, medianMs: 0.001, perImageMs: 5 }
  const { record } = await sweep(simulatedSweep([flat, { ...steady, medianMs: 5, perImageMs: 0.01 }]))
  expect(record.points.map(({ state }) => state)).toEqual([
    ...['measured', 'measured', 'measured', 'dominated', 'dominated'],
    ...Array.from({ length: 5 }, () => 'measured'),
  ])
  expect(record.points[3]?.reason).toContain('batches 2 and 4 give no 2 % more throughput')
})

test('a point that fails costs itself alone', async () => {
  const { sweep } = await sweepBench(root)
  const fault = { stage: 'measure', code: 'worker-crashed', fromBatch: 16 }
  const { record } = await sweep(
    simulatedSweep(
      [
        { ...steady, perImageMs: 0.1, fault },
        { ...steady, perImageMs: 0.1 },
      ],
      { batchSizes: [8, 16] },
    ),
  )
  expect(record.state).toBe('completed')
  expect(record.points.map(({ state }) => state)).toEqual(['measured', 'failed', 'measured', 'measured'])
})

test('fault-30: a GPU that is lost ends the sweep; the points before it are kept and none is tried after it', async () => {
  const { sweep } = await sweepBench(root)
  const fault = { stage: 'measure', code: 'gpu-lost', fromBatch: 16 }
  const { record } = await sweep(simulatedSweep([{ ...steady, fault }, steady], { batchSizes: [8, 16] }))
  expect(record).toMatchObject({ state: 'failed', error: { code: 'gpu-lost' } })
  expect(record.points.map(({ batchSize, state }) => [batchSize, state])).toEqual([[8, 'measured']])
})

test('two streams give the threads out between them and add up', async () => {
  const { sweep } = await sweepBench(root)
  const { record } = await sweep(simulatedSweep([{ ...steady, memoryBytes: 3e8 }], { batchSizes: [1], streams: [2] }))
  expect(record.points).toMatchObject([{ streams: 2, memoryBytes: { value: 6e8 } }])
  expect(record.notes).toEqual(['With 2 streams each worker has 1 of 2 threads.'])
})

test('cancelling keeps the points that are done', async () => {
  const { sweep } = await sweepBench(root)
  const { record, folder } = await sweep(simulatedSweep([steady]), (event, cancel) => {
    if (event.kind === 'point-started' && event.point.batchSize === 4) cancel()
  })
  expect(record.state).toBe('cancelled')
  expect(record.points.map(({ batchSize, state }) => [batchSize, state])).toEqual([
    [1, 'measured'],
    [2, 'measured'],
    [4, 'cancelled'],
  ])
  expect(JSON.parse(await readFile(join(folder, 'sweep.json'), 'utf8'))).toEqual(record)
})

test('a sweep that cannot start is refused before anything is written', async () => {
  const { sweep, folder } = await sweepBench(root)
  const plan = simulatedSweep([steady], { batchSizes: [1, 64] })
  await expect(sweep(plan)).rejects.toMatchObject({ record: { code: 'batch-outside-profile' } })
  expect(await readdir(folder)).toEqual([])
})
