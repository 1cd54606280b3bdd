import { expect, test } from 'vitest'
import { estimatePassesMs } from '../../../shared/passes/index.ts'

const passed = { latencyMs: 10, batchSize: 4, loadMs: 4000, warmupMs: 2000 }
const onGpu = { device: 'cuda', backend: 'torch-eager' } as const

test.each([
  [{}, 0],
  [{ coldStart: { launches: 5 } }, 5 * 4020],
  [{ energy: { blockMs: 30_000 } }, 6000 + 8000 + 30_000],
  [{ timeSplit: { queries: 100 } }, 6000 + 3000],
  [{ limits: true }, 6000 + 1500 + 8300 + 10_000],
  [{ timeSplit: { queries: 100 }, limits: true }, 6000 + 3000 + 8300 + 10_000],
  [{ layers: { queries: 20 } }, 8000 + 500],
  [{ offline: { images: 1001 } }, 6000 + 251 * 10],
  [{ server: { latencyBoundMs: 50, percentile: 50, ratePerSecond: 20, durationMs: 10_000 } }, 6000 + 10_000],
  [{ server: { latencyBoundMs: 50, percentile: 50, ratePerSecond: null, durationMs: 10_000 } }, 6000 + 80_000],
])('%j takes %i ms', (passes, expected) => {
  expect(estimatePassesMs(passes, passed, onGpu)).toBe(expected)
})

test('on a CPU energy takes no time, for it is not measured', () => {
  expect(estimatePassesMs({ energy: { blockMs: 30_000 } }, passed, { ...onGpu, device: 'cpu' })).toBe(0)
})
