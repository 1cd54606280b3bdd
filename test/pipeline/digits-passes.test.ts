// Passes for real: digits in the bundled Node worker, without Python and without a GPU.
import { expect, test } from 'vitest'
import { runRecordSchema } from '../../shared/domain/run.ts'
import { exampleRecord } from '../fakes/example-record.ts'
import { nodeServices } from '../fakes/node-services.ts'
import { caseOf } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
const services = nodeServices(root)

test('digits answers cold, split, by layer, offline and as a server; what cannot be had here says why', async () => {
  const started = await services().runs.start(
    {
      ...exampleRecord().plan,
      candidates: [{ backend: 'onnxruntime-node', precision: 'fp32', options: {} }],
      imageLimit: 4096,
      threads: 1,
      budget: { mostLaunches: 1 },
      passes: {
        coldStart: { launches: 5 },
        energy: { blockMs: 10_000 },
        timeSplit: { queries: 50 },
        layers: { queries: 20 },
        offline: { images: 2000 },
        server: { latencyBoundMs: 1000, percentile: 90, ratePerSecond: 200, durationMs: 1000 },
        limits: true,
      },
    },
    null,
    () => {},
  )
  const record = await started.finished
  expect(runRecordSchema.parse(record)).toEqual(record)
  expect(record.state).toBe('completed')
  const { coldStart, energy, timeSplit, layerTimes, offline, server, limits, latencyMs } = caseOf(
    record,
    'onnxruntime-node-fp32',
  )
  if (coldStart === undefined || 'notMeasured' in coldStart) throw new Error('no cold start')
  expect(coldStart.launches).toHaveLength(5)
  for (const { spawnMs, loadMs, firstQueryMs } of coldStart.launches) {
    expect(spawnMs).toBeGreaterThan(10)
    expect(loadMs).toBeGreaterThan(0)
    expect(coldStart.toFirstAnswerMs.value).toBeGreaterThan(firstQueryMs)
  }
  expect(energy).toEqual({ notMeasured: "Only the energy counter of a GPU's board is read." })
  if (timeSplit === undefined || 'notMeasured' in timeSplit) throw new Error('no split')
  const computeMs = timeSplit.parts.find(({ part }) => part === 'compute')?.medianMs ?? 0
  expect(computeMs / (latencyMs.p50.value ?? 0)).toBeGreaterThan(0.3)
  if (layerTimes === undefined || 'notMeasured' in layerTimes) throw new Error('no layers')
  expect(layerTimes.layers.map(({ operator }) => operator)).toContain('Conv')
  expect(offline).toMatchObject({ images: 2000, imagesPerSecond: expect.any(Number) })
  if (server === undefined || 'notMeasured' in server) throw new Error('nothing was served')
  expect(server.trials).toHaveLength(1)
  expect(server.trials[0]).toMatchObject({ ratePerSecond: 200, keepsBound: true })
  expect(server.highestRatePerSecond.value).toBe(200)
  // Counting work needs Python, which these services do not have.
  expect(limits).toEqual({ notMeasured: expect.stringContaining('Python') })
}, 180_000)
