import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRunFolder } from '../../electron/store/run-folder.ts'
import { createRunStore } from '../../electron/store/run-store.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { recomputeRecord } from '../../shared/statistics/group-summary.ts'
import { exampleRecord } from '../fakes/example-record.ts'
import { eventsOf, runBench, simulatedPlan } from '../fakes/run-bench.ts'
import { silentSampler } from '../fakes/silent-sampler.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
const plan = simulatedPlan([{}, { medianMs: 7 }], { batchSizes: [1, 2], passes: { offline: { images: 10 } } })

type Bench = Awaited<ReturnType<typeof runBench>>

/** A run cancelled in its second group, after four rounds. */
async function cancelledRun(bench: Bench) {
  return bench.run(plan, (event, cancel) => {
    if (event.kind === 'round-completed' && event.groupKey === 'tiny-b2' && event.round === 3) cancel()
  })
}

async function resumed(
  bench: Bench,
  folder: string,
  onEvent: (event: RunEvent, cancel: () => void) => void = () => {},
) {
  const events: RunEvent[] = []
  let cancel = () => {}
  const started = await bench.service.resume(folder, (event) => {
    events.push(event)
    onEvent(event, () => cancel())
  })
  cancel = started.cancel
  return { record: await started.finished, events }
}

const samplesText = (folder: string, groupKey: string) =>
  readFile(join(folder, 'samples', groupKey, 'simulated-fp32.ndjson'), 'utf8')

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

/** What two records of one plan have alike: all but ids, times and figures. */
function structure({ plan, command, state, error, groups }: RunRecord) {
  const cases = groups.map((group) =>
    group.cases.map((entry) => [entry.caseKey, entry.state, entry.reason, Object.keys(entry).sort()]),
  )
  return { plan, command, state, error, groups: groups.map((group) => [group.groupKey, group.baseline]), cases }
}

test('a cancelled run goes on: the group that was done stays as it was, the other is measured again whole', async () => {
  const bench = await runBench(root)
  const { record: cancelled, folder } = await cancelledRun(bench)
  const [kept, cut] = [await samplesText(folder, 'tiny-b1'), await samplesText(folder, 'tiny-b2')]
  await mkdir(join(folder, 'outputs', 'tiny-b2', 'simulated-fp32'), { recursive: true })
  await writeFile(join(folder, 'outputs', 'tiny-b2', 'simulated-fp32', 'old.npy'), 'old')
  const { record, events } = await resumed(bench, folder)

  expect(structure(record)).toEqual(structure((await bench.run(plan)).record))
  expect(record.groups[0]).toEqual(cancelled.groups[0])
  expect(await samplesText(folder, 'tiny-b1')).toBe(kept)
  expect(await samplesText(folder, 'tiny-b2')).not.toContain(cut.split('\n')[0])
  expect(await readdir(join(folder, 'outputs')).catch(() => [])).toEqual([])
  expect([record.runId, record.createdAt]).toEqual([cancelled.runId, cancelled.createdAt])
  expect(record.notes).toEqual([
    ...cancelled.notes,
    expect.stringMatching(
      /^Resumed at 2026-01-01T.*Z: group tiny-b2 was measured again; group tiny-b1 was kept\. Times of samples and of the machine continue from/,
    ),
  ])

  const blocks = await blocksOf(folder, record)
  expect([...blocks.values()].map((each) => each.map(({ round }) => round))).toEqual(
    Array.from({ length: 4 }, () => Array.from({ length: 12 }, (_, round) => round)),
  )
  expect(recomputeRecord(record, (groupKey, caseKey) => blocks.get(`${groupKey}/${caseKey}`) ?? [])).toEqual(record)
  expect((await openRunFolder(folder)).record).toEqual(record)
  expect(await readdir(folder)).not.toContain('running.json')

  const told = eventsOf(events, 'case-changed').filter(({ groupKey }) => groupKey === 'tiny-b1')
  expect(told.map(({ caseKey, state }) => [caseKey, state])).toEqual([
    ['simulated-fp32', 'completed'],
    ['simulated-fp32.2', 'completed'],
  ])
  expect(new Set(eventsOf(events, 'block').map(({ groupKey }) => groupKey))).toEqual(new Set(['tiny-b2']))
  expect(eventsOf(events, 'run-ended').map(({ state }) => state)).toEqual(['completed'])
})

test('times go on where the earlier session ended, of samples and of the machine alike', async () => {
  const reading = { cpuLoadPercent: 1, cpuClockMhz: null, memoryUsedBytes: null }
  const bench = await runBench(root, {
    startSampler: (start) => {
      start.onSample({ atMs: (bench.clock.nowNs() - start.startedAtNs) / 1e6, ...reading })
      return silentSampler(start)
    },
  })
  const { record: cancelled, folder } = await cancelledRun(bench)
  const before = [...(await blocksOf(folder, cancelled)).values()].flat()
  const lastNs = Math.max(...before.map(({ endedAtNs }) => endedAtNs))
  // A crash cut its last line off.
  const machine = join(folder, 'machine.ndjson')
  await writeFile(machine, `${await readFile(machine, 'utf8')}{"atMs":`)
  bench.clock.advanceMs(3_600_000)
  const { record } = await resumed(bench, folder)
  const again = (await blocksOf(folder, record)).get('tiny-b2/simulated-fp32') ?? []
  expect(again[0]?.startedAtNs).toBeGreaterThanOrEqual(lastNs)
  expect(again[0]?.startedAtNs).toBeLessThan(lastNs + 3_600_000e6)
  const points = await createRunStore({ dataFolder: bench.folder, runsFolder: bench.runsFolder }).machine(record.runId)
  expect(points).toEqual([
    { atMs: 0, ...reading },
    { atMs: Math.ceil(lastNs / 1e6), ...reading },
  ])
})

test('a run that a dead process left is resumed too, and once more after the resumed session was killed', async () => {
  const bench = await runBench(root)
  const { folder } = await cancelledRun(bench)
  const dead = JSON.stringify({ pid: 1, bootId: 'another boot', startTicks: '1' })
  const kept = await samplesText(folder, 'tiny-b1')
  const file = join(folder, 'run.json')
  let midway = ''
  await resumed(bench, folder, (event, cancel) => {
    if (event.kind !== 'round-completed' || event.round !== 2) return
    midway = readFileSync(file, 'utf8')
    cancel()
  })
  expect(JSON.parse(midway)).toMatchObject({ state: 'running' })
  await writeFile(file, midway)
  await writeFile(join(folder, 'running.json'), dead)
  const { record } = await resumed(bench, folder)
  expect(structure(record)).toEqual(structure((await bench.run(plan)).record))
  expect(await samplesText(folder, 'tiny-b1')).toBe(kept)
  expect(record.notes.filter((note) => note.startsWith('Resumed at '))).toHaveLength(2)
})

test('a group whose passes were cut off is measured again', async () => {
  const bench = await runBench(root)
  const { record: cancelled, folder } = await bench.run(plan, (event, cancel) => {
    if (event.kind === 'stage' && event.groupKey === 'tiny-b1' && event.message.startsWith('Offline')) cancel()
  })
  expect(cancelled.groups[0]?.cases.map(({ state }) => state)).toEqual(['completed', 'completed'])
  const { record } = await resumed(bench, folder)
  expect(record.notes.at(-1)).toContain('groups tiny-b1, tiny-b2 were measured again; none was kept.')
  expect(record.groups[0]?.cases[0]).toMatchObject({ offline: { images: 10 } })
})

test('a run that is completed, goes on, or began elsewhere is refused, and stays as it was', async () => {
  const bench = await runBench(root)
  const whole = await bench.run(plan)
  const refusal = (folder: string, from = bench) =>
    from.service
      .resume(folder, () => {})
      .then(
        () => null,
        (error) => error.record,
      )
  expect(await refusal(whole.folder)).toMatchObject({
    code: 'bad-usage',
    message: `Run ${whole.record.runId} is completed: there is nothing to resume.`,
  })

  const { record, folder } = await cancelledRun(bench)
  const going = await bench.service.start(simulatedPlan([{ pace: 1 }]), null, () => {})
  const waiting = await bench.service.resume(folder, () => {})
  expect(await refusal(folder)).toMatchObject({ code: 'bad-usage', message: `The run in ${folder} is still running.` })
  waiting.cancel()
  going.cancel()
  expect((await waiting.finished).state).toBe('cancelled')
  await going.finished

  const { fingerprint } = exampleRecord()
  const machine = { ...fingerprint.machine, cpuModel: 'Another processor' }
  const elsewhere = await runBench(root, { fingerprint: async () => ({ ...fingerprint, machine }) })
  const before = await readFile(join(folder, 'run.json'), 'utf8')
  expect(await refusal(folder, elsewhere)).toMatchObject({
    code: 'bad-usage',
    message: `Run ${record.runId} cannot be resumed: the machine or the app has changed: processor (${fingerprint.machine.cpuModel}, now Another processor).`,
    remedy: 'Start a new run with the command in its record; this run stays as it is.',
  })
  expect(await readFile(join(folder, 'run.json'), 'utf8')).toBe(before)
  expect(await readdir(folder)).not.toContain('running.json')
})
