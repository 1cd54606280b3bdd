// A completed run whose comparisons are undecided gets further launches, under the same design.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRunFolder } from '../../electron/store/run-folder.ts'
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { recomputeRecord } from '../../shared/statistics/group-summary.ts'
import { caseOf, eventsOf, runBench, simulatedPlan } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
type Bench = Awaited<ReturnType<typeof runBench>>

/** Undecided after five launches, and faster after some more. */
const plan = simulatedPlan([{ launchSpread: 0.03 }, { medianMs: 9.4, launchSpread: 0.03 }], {
  preset: 'standard',
  budget: { mostLaunches: 5 },
  seed: 4,
})

async function continued(
  bench: Bench,
  folder: string,
  onEvent: (event: RunEvent, cancel: () => void) => void = () => {},
) {
  const events: RunEvent[] = []
  let cancel = () => {}
  const started = await bench.service.continueRun(folder, (event) => {
    events.push(event)
    onEvent(event, () => cancel())
  })
  cancel = started.cancel
  return { record: await started.finished, events }
}

async function expectRecomputed(folder: string, record: RunRecord): Promise<void> {
  const run = await openRunFolder(folder)
  expect(run.record).toEqual(record)
  const blocks = new Map<string, readonly SampleBlock[]>()
  for (const { groupKey, cases } of record.groups) {
    for (const { caseKey } of cases) blocks.set(`${groupKey}/${caseKey}`, (await run.samples(groupKey, caseKey)).blocks)
  }
  expect(recomputeRecord(record, (groupKey, caseKey) => blocks.get(`${groupKey}/${caseKey}`) ?? [])).toEqual(record)
}

const crash: BenchErrorRecord = {
  ...{ code: 'worker-crashed', stage: 'spawn', message: 'It crashed.', remedy: 'Run again.', cause: null },
}

const samplesOf = (folder: string) => readFile(join(folder, 'samples', 'tiny-b1', 'simulated-fp32.2.ndjson'), 'utf8')
const note =
  /^Continued at 2026-01-01T.*Z: group tiny-b1 from launch 6\. Times of samples and of the machine continue from/

test('further launches are appended until the comparison is decided, and the record says when', async () => {
  const bench = await runBench(root)
  const { record: before, folder } = await bench.run(plan)
  expect(before.groups[0]?.stopped).toBe('launches')
  expect(caseOf(before, 'simulated-fp32.2').speedup).toMatchObject({ verdict: 'undecided', launches: 5 })
  const samples = await samplesOf(folder)
  bench.clock.advanceMs(3_600_000)
  const { record, events } = await continued(bench, folder)
  const [group] = record.groups
  const launches = group?.launches ?? []
  expect(record.state).toBe('completed')
  expect(group?.stopped).toBe('decided')
  expect([8, 12, 20, 32]).toContain(launches.length)
  expect(launches.slice(0, 5)).toEqual(before.groups[0]?.launches)
  expect(caseOf(record, 'simulated-fp32.2').speedup).toMatchObject({ verdict: 'faster', launches: launches.length })
  expect(caseOf(record, 'simulated-fp32.2').steadiness).toHaveLength(launches.length)
  expect(await samplesOf(folder)).toContain(samples)
  expect(record.notes).toEqual([...before.notes, expect.stringMatching(note)])
  expect([record.runId, record.createdAt, record.plan]).toEqual([before.runId, before.createdAt, before.plan])
  expect((launches[5]?.startedAtMs ?? 0) - (launches[4]?.endedAtMs ?? 0)).toBeLessThan(60_000)
  expect(eventsOf(events, 'run-started')[0]?.groups[0]).toMatchObject({
    ...{ launches: 32, launchesDone: 5, rounds: group?.roundsPerLaunch },
  })
  expect(eventsOf(events, 'launch-completed').map(({ launch }) => launch)).toEqual(
    Array.from({ length: launches.length - 5 }, (_, index) => index + 5),
  )
  expect(eventsOf(events, 'block').every(({ block }) => block.launch >= 5)).toBe(true)
  expect(eventsOf(events, 'case-changed').map(({ state }) => state)).toEqual([
    'running',
    'running',
    'completed',
    'completed',
  ])
  await expectRecomputed(folder, record)
})

test('the order of starting goes on from the seed, as in a run that was never interrupted', async () => {
  const bench = await runBench(root)
  const { folder } = await bench.run(plan)
  const { record } = await continued(bench, folder)
  const whole = await (await runBench(root)).run({
    ...plan,
    budget: { mostLaunches: record.groups[0]?.launches?.length ?? 0 },
  })
  const orders = ({ groups }: RunRecord) => groups[0]?.launches?.map(({ order }) => order)
  expect(orders(record)).toEqual(orders(whole.record))
})

test('cancelled, the complete launches count and the one that was going on is gone', async () => {
  const bench = await runBench(root)
  const { folder, record: before } = await bench.run(plan)
  const { record } = await continued(bench, folder, (event, cancel) => {
    if (event.kind === 'round-completed' && event.launch === 6 && event.round === 2) cancel()
  })
  expect(record.state).toBe('completed')
  expect(record.groups[0]?.launches).toHaveLength(6)
  expect(record.groups[0]?.stopped).toBe(before.groups[0]?.stopped)
  expect(record.groups[0]?.cases.map(({ state }) => state)).toEqual(['completed', 'completed'])
  await expectRecomputed(folder, record)
  const again = await continued(bench, folder)
  expect(again.record.groups[0]?.stopped).toBe('decided')
  expect(again.record.notes.filter((each) => each.startsWith('Continued at '))).toHaveLength(2)
  await expectRecomputed(folder, again.record)
})

test('killed in a launch, the run is interrupted, and resuming it drops that launch', async () => {
  const bench = await runBench(root)
  const { folder } = await bench.run(plan)
  const file = join(folder, 'run.json')
  let [midway, samples] = ['', '']
  const reading: Promise<void>[] = []
  await continued(bench, folder, (event) => {
    if (event.kind !== 'round-completed' || event.launch !== 6 || event.round !== 1) return
    reading.push(
      (async () => {
        midway = await readFile(file, 'utf8')
        samples = await samplesOf(folder)
      })(),
    )
  })
  await Promise.all(reading)
  await writeFile(file, midway)
  await writeFile(join(folder, 'running.json'), JSON.stringify({ pid: 1, bootId: 'another boot', startTicks: '1' }))
  expect(JSON.parse(midway)).toMatchObject({ state: 'running' })
  expect(samples.length).toBeGreaterThan(0)
  const started = await bench.service.resume(folder, () => {})
  const record = await started.finished
  expect(record.state).toBe('completed')
  expect(record.groups[0]?.launches).toHaveLength(6)
  await expectRecomputed(folder, record)
})

test('a case that fails while a run is continued ends that, and takes nothing from what was measured', async () => {
  const bench = await runBench(root)
  const { folder, record: before } = await bench.run(plan)
  const simulated = bench.dependencies.drivers.get('simulated')
  if (simulated === undefined) throw new Error('There is no simulated driver.')
  const broken = { ...simulated, open: () => Promise.reject(new BenchError(crash)) }
  const other = await runBench(root, { drivers: new Map([['simulated', broken]]) })
  const { record } = await continued(other, folder)
  expect(record.state).toBe('completed')
  expect(record.groups).toEqual(before.groups)
  expect(record.notes.at(-1)).toBe(
    'tiny-b1: continuing ended before launch 6 was complete: simulated-fp32: It crashed.',
  )
})

test('what cannot be continued is refused with the reason, and stays as it is', async () => {
  const bench = await runBench(root)
  const decided = await bench.run(simulatedPlan([{}, { medianMs: 5 }], { budget: { mostLaunches: 5 } }))
  const refusal = (folder: string, by = bench) => by.service.continueRun(folder, () => {})
  await expect(refusal(decided.folder)).rejects.toThrow('none of its comparisons is undecided')
  const cancelled = await bench.run(plan, (event, cancel) => {
    if (event.kind === 'round-completed') cancel()
  })
  await expect(refusal(cancelled.folder)).rejects.toThrow('is not completed: it ended early (cancelled)')
  const { folder, record } = await bench.run(plan)
  const moved = await runBench(root, {
    fingerprint: async () => ({ ...record.fingerprint, machine: { ...record.fingerprint.machine, cpuModel: 'Other' } }),
  })
  await expect(refusal(folder, moved)).rejects.toThrow('cannot be continued: the machine or the app has changed')
  expect((await openRunFolder(folder)).record).toEqual(record)
})
