// As many launches as it takes: until every comparison is decided at a look, or the budget ends.
import { expect, test } from 'vitest'
import type { BackendDriver, BackendWorker } from '../../electron/backends/backend-driver.ts'
import { openRunFolder } from '../../electron/store/run-folder.ts'
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { recomputeRecord } from '../../shared/statistics/group-summary.ts'
import { caseOf, eventsOf, runBench, simulatedPlan } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
type Options = Readonly<Record<string, unknown>>

/** With the preset's own launches. */
function presetPlan(cases: readonly Options[], changes: Partial<Plan> = {}): Plan {
  const { budget: _, ...plan } = simulatedPlan(cases, changes)
  return { ...plan, ...(changes.budget && { budget: changes.budget }) }
}

async function blocksOf(folder: string, { groups }: RunRecord): Promise<ReadonlyMap<string, readonly SampleBlock[]>> {
  const run = await openRunFolder(folder)
  const blocks = new Map<string, readonly SampleBlock[]>()
  for (const { groupKey, cases } of groups) {
    for (const { caseKey } of cases) {
      blocks.set(`${groupKey}/${caseKey}`, (await run.samples(groupKey, caseKey)).blocks)
    }
  }
  return blocks
}

async function expectRecomputed(folder: string, record: RunRecord): Promise<void> {
  const blocks = await blocksOf(folder, record)
  const of = (groupKey: string, caseKey: string) => blocks.get(`${groupKey}/${caseKey}`) ?? []
  expect(recomputeRecord((await openRunFolder(folder)).record, of)).toEqual(record)
}

const crash: BenchErrorRecord = {
  ...{ code: 'worker-crashed', stage: 'measure', message: 'It crashed.', remedy: 'Run again.', cause: null },
}
const same = [{ spread: 0.01 }, { spread: 0.01 }]
const noisy = [{ launchSpread: 0.2 }, { medianMs: 10.3, launchSpread: 0.2 }]

test('a clear difference is decided at the first look, and no further launch is made', async () => {
  const { record, events, folder } = await (await runBench(root)).run(
    presetPlan([{}, { medianMs: 5 }], { preset: 'standard' }),
  )
  const [group] = record.groups
  expect(record.protocol).toBe(3)
  expect(group).toMatchObject({ stopped: 'decided', roundsPerLaunch: 4 })
  expect(group?.launches).toHaveLength(5)
  const { speedup } = caseOf(record, 'simulated-fp32.2')
  expect(speedup).toMatchObject({ verdict: 'faster', launches: 5, margin: 0.02, minutesToDecide: null })
  expect(speedup.looks).toEqual([{ launches: 5, value: speedup.value, interval: speedup.interval, verdict: 'faster' }])
  expect(speedup.path?.map(({ launches }) => launches)).toEqual([2, 3, 4, 5])
  const told = eventsOf(events, 'launch-completed')
  expect(told.map(({ launch, nextLook, stopped }) => [launch, nextLook, stopped])).toEqual([
    [0, 5, null],
    [1, 5, null],
    [2, 5, null],
    [3, 5, null],
    [4, null, 'decided'],
  ])
  expect(told.map(({ comparisons }) => comparisons['simulated-fp32.2']?.verdict)).toEqual([
    null,
    null,
    null,
    null,
    'faster',
  ])
  expect(told.at(-1)?.comparisons['simulated-fp32.2']?.value).toBe(speedup.value)
  expect(eventsOf(events, 'round-completed').at(-1)).toMatchObject({ launch: 4, round: 3, rounds: 4, remainingMs: 0 })
  await expectRecomputed(folder, record)
})

test('identical code is the same within the margin, and that is a decision too', async () => {
  const { record } = await (await runBench(root)).run(
    presetPlan([...same, { medianMs: 20 }], { preset: 'standard', margin: 0.05 }),
  )
  expect(record.groups[0]?.stopped).toBe('decided')
  expect(caseOf(record, 'simulated-fp32.2').speedup).toMatchObject({ verdict: 'same', margin: 0.05 })
  expect(caseOf(record, 'simulated-fp32.3').speedup.verdict).toBe('slower')
})

test('five candidates go on together until the last of them is decided', async () => {
  const cases = [{}, { medianMs: 5 }, { medianMs: 8 }, { medianMs: 12 }, { medianMs: 20 }, { medianMs: 9 }]
  const { record, folder } = await (await runBench(root)).run(presetPlan(cases, { preset: 'standard' }))
  const verdicts = record.groups[0]?.cases.slice(1).map(({ speedup }) => speedup.verdict)
  expect(verdicts).toEqual(['faster', 'faster', 'slower', 'slower', 'faster'])
  expect(record.groups[0]?.stopped).toBe('decided')
  await expectRecomputed(folder, record)
})

test('where launches scatter, the launches end with the budget, undecided, and the record says which', async () => {
  const bench = await runBench(root)
  const few = await bench.run(presetPlan(noisy, { preset: 'standard', budget: { mostLaunches: 6 } }))
  expect(few.record.groups[0]?.launches).toHaveLength(6)
  expect(few.record.groups[0]?.stopped).toBe('launches')
  expect(caseOf(few.record, 'simulated-fp32.2').speedup).toMatchObject({ verdict: 'undecided', launches: 6 })
  const short = await bench.run(presetPlan(noisy, { preset: 'standard', budget: { budgetMs: 40_000 } }))
  expect(short.record.groups[0]?.stopped).toBe('time')
  const launches = short.record.groups[0]?.launches ?? []
  const [first, last] = [launches[0]?.startedAtMs ?? 0, launches.at(-1)?.endedAtMs ?? 0]
  expect(last - first).toBeLessThanOrEqual(40_000)
  const lastMs = last - (launches.at(-1)?.startedAtMs ?? 0)
  expect(last - first + 1.1 * lastMs).toBeGreaterThan(40_000)
  await expectRecomputed(short.folder, short.record)
})

test('one case has nothing to decide: its launches are a fixed number', async () => {
  const { record, events } = await (await runBench(root)).run(presetPlan([{}]))
  expect(record.groups[0]?.launches).toHaveLength(5)
  expect(record.groups[0]?.stopped).toBe('launches')
  expect(eventsOf(events, 'launch-completed').map(({ comparisons, nextLook }) => [comparisons, nextLook])).toEqual(
    Array.from({ length: 5 }, () => [{}, null]),
  )
})

test('where no second launch fits, the only one has twelve rounds', async () => {
  const { record } = await (await runBench(root)).run(presetPlan(same, { budget: { budgetMs: 8000 } }))
  expect(record.groups[0]).toMatchObject({ roundsPerLaunch: 12, stopped: 'time' })
  expect(record.groups[0]?.launches).toHaveLength(1)
})

test('cancelled in the third launch, two launches are whole, the third is partial, and nothing is claimed', async () => {
  const bench = await runBench(root)
  const { record, folder } = await bench.run(presetPlan(same), (event, cancel) => {
    if (event.kind === 'round-completed' && event.launch === 2 && event.round === 1) cancel()
  })
  expect(record.state).toBe('cancelled')
  expect(record.groups[0]?.launches).toHaveLength(3)
  expect(record.groups[0]).not.toHaveProperty('stopped')
  expect(caseOf(record, 'simulated-fp32.2')).toMatchObject({ state: 'cancelled', speedup: { verdict: 'refused' } })
  const blocks = (await blocksOf(folder, record)).get('tiny-b1/simulated-fp32') ?? []
  expect(blocks.map(({ launch }) => launch)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2])
  await expectRecomputed(folder, record)
})

test('a case that crashes in its second launch ends there, and the others are still decided', async () => {
  const bench = await runBench(root)
  const simulated = bench.dependencies.drivers.get('simulated')
  if (simulated === undefined) throw new Error('There is no simulated driver.')
  let opened = 0
  const open: BackendDriver['open'] = async (log, signal) => {
    const worker = await simulated.open(log, signal)
    opened += 1
    // After one worker of each case for memory and three for the first launch.
    if (opened !== 8) return worker
    const request: BackendWorker['request'] = async (name, parameters, ...rest) => {
      if (name === 'measure-block') throw new BenchError(crash)
      return worker.request(name, parameters, ...rest)
    }
    return { ...worker, request, close: () => worker.close() }
  }
  const crashing = await runBench(root, { drivers: new Map([['simulated', { ...simulated, open }]]) })
  const { record } = await crashing.run(presetPlan([{}, { medianMs: 5 }, { medianMs: 8 }], { seed: 3 }))
  const crashed = record.groups[0]?.cases.filter(({ state }) => state === 'failed') ?? []
  expect(crashed.map(({ error, sampleCount }) => [error?.code, sampleCount > 0])).toEqual([['worker-crashed', true]])
  expect(crashed[0]?.caseKey).not.toBe('simulated-fp32')
  const decided = record.groups[0]?.cases.filter(({ speedup }) => speedup.verdict === 'faster') ?? []
  expect(decided.map(({ speedup }) => speedup.launches)).toEqual([5])
  expect(record.groups[0]?.stopped).toBe('decided')
})

test('cases that take turns because memory is short are judged over launches like any other', async () => {
  const bench = await runBench(root, { freeMemoryBytes: () => 400_000_000 })
  const { record, folder } = await bench.run(presetPlan([{}, { medianMs: 5 }]))
  expect(record.groups[0]).toMatchObject({ coResident: false, stopped: 'decided', roundsPerLaunch: 4 })
  expect(caseOf(record, 'simulated-fp32.2').speedup).toMatchObject({ verdict: 'faster', launches: 5 })
  await expectRecomputed(folder, record)
})
