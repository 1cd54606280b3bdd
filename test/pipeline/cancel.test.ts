import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openRunFolder } from '../../electron/store/run-folder.ts'
import { caseOf, eventsOf, runBench, simulatedPlan } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()

test('cancelling keeps finished groups, marks what was going, and leaves the rest cancelled', async () => {
  const bench = await runBench(root)
  const { record, folder } = await bench.run(simulatedPlan([{}, {}], { batchSizes: [1, 2, 4] }), (event, cancel) => {
    if (event.kind === 'round-completed' && event.groupKey === 'tiny-b2' && event.round === 3) cancel()
  })
  expect(record.state).toBe('cancelled')
  expect(record.error).toBe(null)
  expect(record.groups.map((group) => group.cases.map((entry) => entry.state))).toEqual([
    ['completed', 'completed'],
    ['cancelled', 'cancelled'],
    ['cancelled', 'cancelled'],
  ])
  expect(caseOf(record, 'simulated-fp32', 1).badges).toContain('partial')
  expect(caseOf(record, 'simulated-fp32', 1).speedup.verdict).toBe('refused')
  const run = await openRunFolder(folder)
  expect(run.record).toEqual(record)
  expect((await run.samples('tiny-b2', 'simulated-fp32')).blocks.length).toBe(4)
  expect((await run.samples('tiny-b4', 'simulated-fp32')).blocks).toEqual([])
})

test('a run cancelled while it waits never starts', async () => {
  const bench = await runBench(root)
  const first = await bench.service.start(simulatedPlan([{}]), null, () => {})
  const second = await bench.service.start(simulatedPlan([{}]), null, () => {})
  second.cancel()
  second.cancel()
  expect((await second.finished).state).toBe('cancelled')
  expect((await first.finished).state).toBe('completed')
})

test('shutting down cancels what runs and what waits, and resolves when both have ended', async () => {
  const bench = await runBench(root)
  const first = await bench.service.start(simulatedPlan([{ pace: 1 }]), null, () => {})
  const second = await bench.service.start(simulatedPlan([{}]), null, () => {})
  await bench.service.shutdown()
  expect([(await first.finished).state, (await second.finished).state]).toEqual(['cancelled', 'cancelled'])
})

test('fault-08: whenever cancelling comes, the run and each case end exactly once, in one agreed state', async () => {
  const bench = await runBench(root)
  const plan = simulatedPlan([{}, { fault: { stage: 'measure', afterBlocks: 3 } }], { batchSizes: [1, 2] })
  const whole = await bench.run(plan)
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.events.length + 2), fc.nat(6), async (atEvent, microtasks) => {
      let seen = 0
      const { record, events, folder } = await bench.run(plan, (_event, cancel) => {
        seen += 1
        if (seen !== atEvent) return
        let later = Promise.resolve()
        for (let index = 0; index < microtasks; index += 1) later = later.then(() => {})
        if (microtasks === 0) cancel()
        else later.then(cancel)
      })
      const ends = eventsOf(events, 'run-ended')
      expect(ends.map((event) => event.state)).toEqual([record.state])
      expect(['completed', 'cancelled']).toContain(record.state)
      expect(events.at(-1)?.kind).toBe('run-ended')
      const final = new Set(['completed', 'failed', 'cancelled', 'skipped'])
      const changes = eventsOf(events, 'case-changed').filter((event) => final.has(event.state))
      const keys = changes.map((event) => `${event.groupKey}/${event.caseKey}`)
      expect(new Set(keys).size).toBe(keys.length)
      for (const group of record.groups) {
        for (const entry of group.cases) expect(final.has(entry.state)).toBe(true)
      }
      expect((await openRunFolder(folder)).record).toEqual(record)
    }),
    { numRuns: 60, seed: 7 },
  )
})
