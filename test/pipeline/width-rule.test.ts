import { expect, test } from 'vitest'
import { eventsOf, runBench, simulatedPlan } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
const noisy = [{ spread: 0.2 }, { medianMs: 7, spread: 0.2 }]

test('a launch goes on until its interval is narrow, and the record says how many rounds that took', async () => {
  const widthRule = { halfWidth: 0.03, budgetMs: 600_000 }
  const { record, events } = await (await runBench(root)).run(simulatedPlan(noisy, { widthRule }))
  const [group] = record.groups
  const [added = 0] = group?.addedRounds ?? []
  expect(added).toBeGreaterThan(0)
  expect(eventsOf(events, 'round-completed')).toHaveLength(12 + added)
  expect(record.notes.join(' ')).toContain(`added ${added} rounds; every interval is that narrow: yes`)
  expect(group?.cases[1]?.speedup.launches).toBe(1)
})

test('a spent budget ends the adding, each launch has its share of it, and the note says what was not reached', async () => {
  const widthRule = { halfWidth: 0.001, budgetMs: 10_000 }
  const { record } = await (await runBench(root)).run(simulatedPlan(noisy, { widthRule, budget: { mostLaunches: 5 } }))
  const added = record.groups[0]?.addedRounds ?? []
  // Two blocks of 250 ms a round: four rounds fill 2 s.
  expect(added).toEqual([4, 4, 4, 4, 4])
  expect(record.notes.join(' ')).toContain('every interval is that narrow in 0 of them')
})

test('without a rule no round is added and nothing is said of any', async () => {
  const { record } = await (await runBench(root)).run(simulatedPlan(noisy))
  expect(record.groups[0]).not.toHaveProperty('addedRounds')
  expect(record.notes.join(' ')).not.toContain('width rule')
})

test('where the baseline failed there was nothing to make narrow, and the note does not claim that it is', async () => {
  const widthRule = { halfWidth: 0.03, budgetMs: 600_000 }
  const broken = { fault: { stage: 'measure', code: 'worker-crashed' } }
  const { record } = await (await runBench(root)).run(simulatedPlan([broken, { medianMs: 7 }], { widthRule }))
  expect(record.notes.join(' ')).toContain('added 0 rounds; no two cases were left to compare.')
})
