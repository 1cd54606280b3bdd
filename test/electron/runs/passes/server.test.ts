import { expect, test } from 'vitest'
import { measurePass } from '../../../../electron/runs/passes/measure-passes.ts'
import type { Serving, ServingRequest } from '../../../../shared/passes/server.ts'
import { passBench } from '../../../fakes/pass-context.ts'

/** Of a simulated case that takes 10 ms a query. */
async function served(changes: Partial<ServingRequest>, medianMs: number | null = 10) {
  const server = { latencyBoundMs: 50, percentile: 90, ratePerSecond: null, durationMs: 5000, ...changes }
  const { context, runCase, told } = passBench({ server }, { medianMsOf: () => medianMs }, 'simulated')
  return { results: await measurePass('server', context, runCase), told }
}

async function serving(changes: Partial<ServingRequest>): Promise<Exclude<Serving, { notMeasured: string }>> {
  const { results } = await served(changes)
  if ('notMeasured' in results || results.server === undefined || 'notMeasured' in results.server)
    throw new Error('nothing was served')
  return results.server
}

test('a given rate is tried once, and is the answer where it keeps the bound', async () => {
  const kept = await serving({ ratePerSecond: 30 })
  expect(kept.trials).toMatchObject([{ ratePerSecond: 30, keepsBound: true }])
  expect(kept.highestRatePerSecond).toEqual({ value: 30, interval: null })
  const missed = await serving({ ratePerSecond: 99 })
  expect(missed.trials).toMatchObject([{ keepsBound: false }])
  expect(missed.highestRatePerSecond).toEqual({
    value: null,
    reason: 'No rate that was tried kept p90 within 50 ms; the lowest was 99.0 queries/s.',
  })
})

test('a search is the same again with the same seed, and waiting in line is part of a latency', async () => {
  const [first, second] = [await serving({}), await serving({})]
  expect(second).toEqual(first)
  expect(first.seed).toBe(1)
  const [slow, fast] = [await serving({ latencyBoundMs: 15 }), await serving({ latencyBoundMs: 200 })]
  expect(slow.highestRatePerSecond.value).toBeLessThan(fast.highestRatePerSecond.value ?? 0)
})

test('a bound as long as a trial does not pass off a rate that no queue could keep', async () => {
  const { highestRatePerSecond } = await serving({ latencyBoundMs: 4000 })
  expect(highestRatePerSecond.value).toBeGreaterThan(80)
  expect(highestRatePerSecond.value).toBeLessThan(107)
})

test('where one query alone takes longer than the bound, one trial shows it', async () => {
  const { trials, highestRatePerSecond } = await serving({ latencyBoundMs: 5 })
  expect(trials).toHaveLength(1)
  expect(highestRatePerSecond.value).toBeNull()
})

test('a percentile without enough queries is not given, and no rate is claimed from it', async () => {
  const { trials, highestRatePerSecond } = await serving({ ratePerSecond: 0.5, percentile: 99 })
  expect(trials[0]?.latencyMs).toEqual({ value: null, reason: expect.stringMatching(/^n too small \(\d+\/662\)$/) })
  expect(highestRatePerSecond).toMatchObject({ reason: expect.stringContaining('Too few queries arrived') })
})

test('without a median of the rounds nothing is served', async () => {
  const { results, told } = await served({}, null)
  expect([results, told]).toEqual([{ notMeasured: 'The rounds gave no median latency.' }, []])
})

test('each trial is told with its rate', async () => {
  const { told } = await served({ ratePerSecond: 1000, durationMs: 1000 })
  expect(told.filter((line) => line.startsWith('serve'))).toEqual(['serve: Server, trial 1: 1000 queries/s, at random'])
})
