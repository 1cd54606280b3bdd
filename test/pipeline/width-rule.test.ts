import { expect, test } from 'vitest'
import { runBench, simulatedPlan } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
const { budget: _, ...plan } = simulatedPlan([{ launchSpread: 0.02 }, { medianMs: 7, launchSpread: 0.02 }])
const minutes = 60_000

async function launchesOf(changes: Partial<typeof plan>) {
  const { record } = await (await runBench(root)).run({ ...plan, ...changes })
  const [group] = record.groups
  const { interval, value, verdict } = group?.cases[1]?.speedup ?? {}
  const reach = interval && value ? Math.max(interval.high / value - 1, 1 - interval.low / value) : null
  return { launches: group?.launches?.length, stopped: group?.stopped, verdict, reach }
}

test('launches go on after the decision until the interval is narrow, at a look', async () => {
  expect(await launchesOf({})).toMatchObject({ launches: 5, stopped: 'decided', verdict: 'faster' })
  const narrow = await launchesOf({ widthRule: { halfWidth: 0.02, budgetMs: 60 * minutes } })
  expect([8, 12, 20, 32]).toContain(narrow.launches)
  expect(narrow).toMatchObject({ stopped: 'decided', verdict: 'faster' })
  expect(narrow.reach).toBeLessThanOrEqual(0.02)
})

test('the time of the rule ends the launches, in place of the preset’s, and the record says so', async () => {
  const { launches = 0, stopped } = await launchesOf({ widthRule: { halfWidth: 0.001, budgetMs: 2 * minutes } })
  expect(launches).toBeGreaterThan(8)
  expect(launches).toBeLessThan(32)
  expect(stopped).toBe('time')
})

test('an interval that never gets so narrow ends with the last launch of the design', async () => {
  const { launches, stopped } = await launchesOf({ widthRule: { halfWidth: 0.001, budgetMs: 600 * minutes } })
  expect({ launches, stopped }).toEqual({ launches: 32, stopped: 'launches' })
})

test('where the baseline failed there is nothing to make narrow', async () => {
  const broken = { fault: { stage: 'measure', code: 'worker-crashed' } }
  const { record } = await (await runBench(root)).run({
    ...simulatedPlan([broken, { medianMs: 7 }], { widthRule: { halfWidth: 0.02, budgetMs: 60 * minutes } }),
  })
  expect(record.groups[0]).toMatchObject({ stopped: 'launches' })
})
