import { expect, test } from 'vitest'
import { passesFrom } from '../../../electron/cli/pass-options.ts'
import { faultsOf, typed } from '../../fakes/typed-command.ts'

const asked = (options: string, device: 'cpu' | 'cuda') =>
  passesFrom(typed(`run --model digits ${options}`.trim()).typed, device)

test('nothing asked for is nothing in the plan', () => {
  expect(asked('', 'cuda')).toEqual({})
})

test('an option without a size takes the default, and one with a size takes it', () => {
  const bare = '--cold-start --energy --split --layers --offline --server-bound 20 --limits --half-width 2'
  expect(asked(bare, 'cuda')).toEqual({
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
  const sized =
    '--cold-start 8 --energy 12 --split 7 --layers 6 --offline 5 --server-bound 3 --server-rate 2.5 ' +
    '--server-percentile 90 --server-duration 4 --budget 3'
  expect(asked(sized, 'cpu')).toEqual({
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

test('all passes leave out the server, which needs its bound, and energy on a CPU; a size given with them holds', () => {
  const onCpu = asked('--all-passes --cold-start 9', 'cpu').passes
  expect(Object.keys(onCpu ?? {})).toEqual(['coldStart', 'timeSplit', 'layers', 'offline', 'limits'])
  expect(onCpu?.coldStart).toEqual({ launches: 9 })
  const onGpu = asked('--all-passes --server-bound 10', 'cuda').passes
  expect(onGpu).toMatchObject({ energy: { blockMs: 30_000 }, server: { latencyBoundMs: 10 } })
})

test.each([
  ['--cold-start 4', '--cold-start cannot be "4". Give a whole number from 5 to 50.'],
  ['--device cuda --energy 5', '--energy cannot be "5". Give a number from 10 to 300.'],
  ['--split all', '--split cannot be "all". Give a whole number from 1 to 10000.'],
  ['--server-rate 5', '--server-rate does not apply without --server-bound. Add --server-bound MS, or leave it out.'],
  ['--server-bound 5 --server-percentile 100', '--server-percentile cannot be "100". Give a number from 50 to 99.9.'],
  ['--half-width 0', '--half-width cannot be "0". Give a number from 0.1 to 50.'],
])('%s is refused', (options, fault) => {
  expect(faultsOf(`run --model digits ${options}`)).toEqual([fault])
})
