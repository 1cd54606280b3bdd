import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRunFolder } from '../../electron/store/run-folder.ts'
import { createRunStore } from '../../electron/store/run-store.ts'
import { runRecordSchema } from '../../shared/domain/run.ts'
import { runEventSchema } from '../../shared/domain/run-event.ts'
import { caseOf, eventsOf, runBench, simulatedPlan } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
const pair = [{ medianMs: 10 }, { medianMs: 5 }]

test('a plan becomes a complete record that fits its schema, on disk as in memory', async () => {
  const bench = await runBench(root)
  const { record, events, folder } = await bench.run(simulatedPlan(pair, { batchSizes: [1, 4] }))
  expect(runRecordSchema.parse(record)).toEqual(record)
  expect((await openRunFolder(folder)).record).toEqual(record)
  expect(record.state).toBe('completed')
  expect(record.simulated).toBe(true)
  expect(record.groups.map((group) => group.groupKey)).toEqual(['tiny-b1', 'tiny-b4'])
  expect(record.groups.flatMap((group) => group.cases.map((entry) => entry.state))).toEqual(Array(4).fill('completed'))
  expect(caseOf(record, 'simulated-fp32').badges).toContain('simulated')
  expect(record.fingerprint.software).toEqual({ simulated: '1' })
  expect((await readdir(folder)).sort()).toEqual(['run.json', 'samples'])
  for (const event of events) expect(runEventSchema.safeParse(event).error).toBe(undefined)
  expect(events.at(0)?.kind).toBe('run-started')
  expect(events.at(-1)).toEqual({ kind: 'run-ended', runId: record.runId, state: 'completed', message: null })
})

test('twice the speed is found as twice the speed, with an interval around it', async () => {
  const { record } = await (await runBench(root)).run(simulatedPlan(pair))
  const { speedup } = caseOf(record, 'simulated-fp32.2')
  expect(speedup.verdict).toBe('faster')
  expect(speedup.value).toBeCloseTo(2, 1)
  expect(speedup.interval?.low).toBeLessThan(2.02)
  expect(speedup.interval?.high).toBeGreaterThan(1.98)
})

test('every round holds one block of every case, in an order that the seed alone decides', async () => {
  const orders = async (seed: number) => {
    const { record, folder } = await (await runBench(root)).run(simulatedPlan([...pair, {}, {}], { seed }))
    const run = await openRunFolder(folder)
    const caseKeys = record.groups[0]?.cases.map((entry) => entry.caseKey) ?? []
    const blocks = await Promise.all(
      caseKeys.map(async (caseKey) => {
        const samples = await run.samples('tiny-b1', caseKey)
        expect(samples.blocks.map(({ launch, round, block }) => [launch, round, block])).toEqual(
          Array.from({ length: 12 }, (_, round) => [0, round, round]),
        )
        return samples.blocks.map((block) => ({ caseKey, ...block }))
      }),
    )
    return Array.from({ length: 12 }, (_, round) =>
      blocks
        .flat()
        .filter((block) => block.round === round)
        .sort((left, right) => left.startedAtNs - right.startedAtNs)
        .map((block, index) => {
          expect(block.orderInRound).toBe(index)
          return block.caseKey
        })
        .join(),
    )
  }
  const first = await orders(1)
  expect(await orders(1)).toEqual(first)
  expect(await orders(2)).not.toEqual(first)
  expect(new Set(first).size).toBeGreaterThan(6)
})

test('only one case measures at a time, and block times count from the start of the run', async () => {
  const { folder, record } = await (await runBench(root)).run(simulatedPlan(pair))
  const run = await openRunFolder(folder)
  const lists = await Promise.all((record.groups[0]?.cases ?? []).map((entry) => run.samples('tiny-b1', entry.caseKey)))
  const blocks = lists.flatMap((list) => list.blocks).sort((left, right) => left.startedAtNs - right.startedAtNs)
  expect(blocks.length).toBe(24)
  for (const [index, block] of blocks.entries()) {
    expect(block.startedAtNs).toBeGreaterThanOrEqual(blocks[index - 1]?.endedAtNs ?? 0)
  }
})

test('figures so far come at the end of the first launch, then after every round, and the time left falls to nothing', async () => {
  const { events } = await (await runBench(root)).run(simulatedPlan(pair, { budget: { mostLaunches: 2 } }))
  const rounds = eventsOf(events, 'round-completed')
  expect(rounds.map(({ launch, round }) => 4 * launch + round)).toEqual(Array.from({ length: 8 }, (_, index) => index))
  expect(rounds.at(-1)?.remainingMs).toBe(0)
  expect(rounds.at(0)?.remainingMs).toBeGreaterThan(0)
  const figures = [...rounds.slice(0, 4), ...eventsOf(events, 'parity-judged'), ...rounds.slice(4)]
  const shown = figures.map(({ interim }) => Object.keys(interim))
  const both = ['simulated-fp32', 'simulated-fp32.2']
  expect(shown).toEqual([[], [], [], [], both, both, both, both, both])
  const interim = rounds.at(-1)?.interim['simulated-fp32.2']
  expect(interim?.speedup.value).toBeCloseTo(2, 1)
  expect(interim?.sampleCount).toBe(
    eventsOf(events, 'block')
      .filter((event) => event.caseKey === 'simulated-fp32.2')
      .reduce((sum, { block }) => sum + block.latenciesMs.length - block.leadSamples, 0),
  )
})

test('several launches are fresh workers each, and all their blocks are kept', async () => {
  const plan = simulatedPlan(pair, { budget: { mostLaunches: 5 } })
  const { record, folder } = await (await runBench(root)).run(plan)
  const { blocks } = await (await openRunFolder(folder)).samples('tiny-b1', 'simulated-fp32')
  const twenty = Array.from({ length: 20 }, (_, index) => index)
  expect(blocks.map(({ launch, round }) => launch * 4 + round)).toEqual(twenty)
  expect(blocks.map(({ block }) => block)).toEqual(twenty)
  expect(caseOf(record, 'simulated-fp32').steadiness.length).toBe(5)
})

test('every launch says in which order its cases started, and each case starts first equally often', async () => {
  const bench = await runBench(root)
  const cases = [{}, { medianMs: 9 }, { medianMs: 8 }, { medianMs: 7 }, { medianMs: 6 }]
  const { record, folder } = await bench.run(simulatedPlan(cases, { preset: 'standard', budget: { mostLaunches: 5 } }))
  const [group] = record.groups
  const caseKeys = group?.cases.map(({ caseKey }) => caseKey) ?? []
  const launches = group?.launches ?? []
  expect(
    launches
      .slice(0, 5)
      .map(({ order }) => order[0])
      .sort(),
  ).toEqual(caseKeys.toSorted())
  for (const { order, startMs, hugePageBytes } of launches) {
    expect(order.toSorted()).toEqual(caseKeys.toSorted())
    expect(startMs).toEqual(Object.fromEntries(caseKeys.map((caseKey) => [caseKey, 50])))
    expect(hugePageBytes).toEqual(Object.fromEntries(caseKeys.map((caseKey) => [caseKey, null])))
  }
  const run = await openRunFolder(folder)
  const blocks = await Promise.all(caseKeys.map(async (caseKey) => (await run.samples('tiny-b1', caseKey)).blocks))
  for (const [launch, { endedAtMs }] of launches.entries()) {
    const ends = blocks
      .flat()
      .filter((block) => block.launch === launch)
      .map(({ endedAtNs }) => endedAtNs / 1e6)
    expect(endedAtMs).toBeGreaterThanOrEqual(Math.max(...ends))
  }
})

test('where memory cannot hold all cases, they take turns and the record says so', async () => {
  const bench = await runBench(root, { freeMemoryBytes: () => 400_000_000 })
  const { record, folder } = await bench.run(simulatedPlan(pair))
  expect(record.groups[0]?.coResident).toBe(false)
  expect(record.notes).toContain('tiny-b1: memory could not hold all cases at once, so they took turns.')
  expect(record.state).toBe('completed')
  const run = await openRunFolder(folder)
  const [first, second] = await Promise.all(
    ['simulated-fp32', 'simulated-fp32.2'].map((caseKey) => run.samples('tiny-b1', caseKey)),
  )
  const [firstStart = 0, firstEnd = 0] = [first?.blocks.at(0)?.startedAtNs, first?.blocks.at(-1)?.endedAtNs]
  const [secondStart = 0, secondEnd = 0] = [second?.blocks.at(0)?.startedAtNs, second?.blocks.at(-1)?.endedAtNs]
  expect(firstEnd <= secondStart || secondEnd <= firstStart).toBe(true)
})

test('a second run waits for the first and both are listed', async () => {
  const bench = await runBench(root)
  const first = await bench.service.start(simulatedPlan(pair), null, () => {})
  const second = await bench.service.start(simulatedPlan([{}]), null, () => {})
  const waiting = JSON.parse(await readFile(join(bench.runsFolder, second.runId, 'run.json'), 'utf8'))
  expect(waiting.state).toBe('queued')
  await Promise.all([first.finished, second.finished])
  const store = createRunStore({ dataFolder: bench.folder, runsFolder: bench.runsFolder })
  const states = (await store.list()).map((entry) => [entry.runId, entry.state])
  store.close()
  expect(new Map(states.map(([runId = '', state = '']) => [runId, state]))).toEqual(
    new Map([
      [first.runId, 'completed'],
      [second.runId, 'completed'],
    ]),
  )
})

test('a run that goes on can be looked at from its first event', async () => {
  const bench = await runBench(root)
  const seen: number[] = []
  const { record } = await bench.run(simulatedPlan([{}]), () => {
    const current = bench.service.current()
    seen.push(current?.events.length ?? -1)
    expect(current?.events[0]?.kind).toBe('run-started')
  })
  expect(seen).toEqual(seen.map((_, index) => index + 1))
  expect(record.state).toBe('completed')
  expect(bench.service.current()).toBe(null)
})
