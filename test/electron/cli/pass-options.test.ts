import { expect, test } from 'vitest'
import { passesFromOptions } from '../../../electron/cli/pass-options.ts'

test('nothing asked for is nothing in the plan', () => {
  expect(passesFromOptions({}, 'cuda')).toEqual({})
})

test('an option without a size takes the usual one, and one with a size takes it', () => {
  const bare = { coldStart: true, energy: true, split: true, layers: true, offline: true, serverBound: '20' }
  expect(passesFromOptions({ ...bare, limits: true, halfWidth: '2' }, 'cuda')).toEqual({
    passes: {
      coldStart: { launches: 5 },
      energy: { blockMs: 30_000 },
      timeSplit: { queries: 100 },
      layers: { queries: 20 },
      offline: { images: 1000 },
      server: { latencyBoundMs: 20, percentile: 99, ratePerSecond: null, durationMs: 10_000 },
      limits: true,
    },
    widthRule: { halfWidth: 0.02, budgetMs: 600_000 },
  })
  const sized = { coldStart: 8, energy: 12, split: 7, layers: 6, offline: 5, serverBound: 3, serverRate: 2.5 }
  expect(passesFromOptions({ ...sized, serverPercentile: 90, serverDuration: 4, budget: 3 }, 'cpu')).toEqual({
    passes: {
      coldStart: { launches: 8 },
      energy: { blockMs: 12_000 },
      timeSplit: { queries: 7 },
      layers: { queries: 6 },
      offline: { images: 5 },
      server: { latencyBoundMs: 3, percentile: 90, ratePerSecond: 2.5, durationMs: 4000 },
    },
    widthRule: { halfWidth: 0.02, budgetMs: 180_000 },
  })
})

test('all passes leave out the server, which needs its bound, and energy on a CPU; a size given beside them holds', () => {
  const onCpu = passesFromOptions({ allPasses: true, coldStart: 9 }, 'cpu').passes
  expect(Object.keys(onCpu ?? {})).toEqual(['coldStart', 'timeSplit', 'layers', 'offline', 'limits'])
  expect(onCpu?.coldStart).toEqual({ launches: 9 })
  const onGpu = passesFromOptions({ allPasses: true, serverBound: 10 }, 'cuda').passes
  expect(onGpu).toMatchObject({ energy: { blockMs: 30_000 }, server: { latencyBoundMs: 10 } })
})

test.each([
  [{ coldStart: 4 }, /--cold-start cannot be 4/],
  [{ energy: 5 }, /--energy cannot be 5/],
  [{ split: 'all' }, /--split cannot be all/],
  [{ serverRate: 5 }, /without its latency bound/],
  [{ serverBound: true }, /--server-bound needs one value/],
  [{ serverBound: 5, serverPercentile: 100 }, /--server-percentile cannot be 100/],
  [{ halfWidth: 0 }, /--half-width cannot be 0/],
])('%o is refused', (options, message) => {
  expect(() => passesFromOptions(options, 'cpu')).toThrow(message)
})
