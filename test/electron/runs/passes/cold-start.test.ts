import { expect, test } from 'vitest'
import { measurePass } from '../../../../electron/runs/passes/measure-passes.ts'
import { passBench } from '../../../fakes/pass-context.ts'

test('every launch is a worker of its own, timed from being asked for; the second query is not in the total', async () => {
  const bench = passBench({ coldStart: { launches: 7 } }, {}, 'simulated')
  const { context, runCase, clock, told } = bench
  const driver = context.drivers.get('simulated')
  if (driver === undefined) throw new Error('there is no driver')
  let spawnMs = 100
  const slow = {
    ...driver,
    open: async (log: (line: string) => void, signal: AbortSignal) => {
      clock.advanceMs(spawnMs)
      spawnMs += 100
      return driver.open(log, signal)
    },
  }
  const results = await measurePass('coldStart', { ...context, drivers: new Map([['simulated', slow]]) }, runCase)
  if ('notMeasured' in results || results.coldStart === undefined || 'notMeasured' in results.coldStart)
    throw new Error('nothing was measured')
  const { launches, toFirstAnswerMs, caches } = results.coldStart
  expect(launches.map((launch) => Math.round(launch.spawnMs))).toEqual([100, 200, 300, 400, 500, 600, 700])
  const totals = launches.map((launch) => launch.spawnMs + 20 + 50 + launch.firstQueryMs).sort((a, b) => a - b)
  expect(toFirstAnswerMs.value).toBeCloseTo(totals[3] ?? 0)
  expect(toFirstAnswerMs).toMatchObject({ interval: { low: totals[0], high: totals[6] } })
  expect(caches).toEqual(['simulated: there are none'])
  expect(told).toEqual(Array.from({ length: 7 }, (_, index) => `cold-start: Cold start ${index + 1} of 7`))
})
