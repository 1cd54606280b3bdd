// A run dies before every single thing that it writes, one after the other, and is resumed each time. In the end it is the
// run that nothing happened to: no case is lost, none is there twice, and no group holds samples of two sessions.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRunFolder } from '../../electron/store/run-folder.ts'
import { createRunWriter } from '../../electron/store/run-writer.ts'
import type { RunWriter } from '../../electron/store/run-writing.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { recomputeRecord } from '../../shared/statistics/group-summary.ts'
import { runBench, simulatedPlan } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
const plan = simulatedPlan([{}, { medianMs: 7 }], { batchSizes: [1, 2], passes: { offline: { images: 10 } } })

class Death extends Error {}

/** Writes as long as `writesLeft` lasts, and then nothing: the process is dead. */
function mortal(writer: RunWriter, life: { writesLeft: number }): RunWriter {
  const alive = <Words extends unknown[], Result>(write: (...words: Words) => Promise<Result>) => {
    return (...words: Words): Promise<Result> => {
      if (life.writesLeft <= 0) return Promise.reject(new Death('The process is dead.'))
      life.writesLeft -= 1
      return write(...words)
    }
  }
  return {
    folder: writer.folder,
    writeRecord: alive((record) => writer.writeRecord(record)),
    appendBlock: alive((...words) => writer.appendBlock(...words)),
    readBlocks: alive((...words) => writer.readBlocks(...words)),
    appendFlags: alive((...words) => writer.appendFlags(...words)),
    keepLaunches: alive((...words) => writer.keepLaunches(...words)),
    appendMachineSample: alive((sample) => writer.appendMachineSample(sample)),
    appendLog: (...words) => writer.appendLog(...words),
    outputsFolder: (...words) => writer.outputsFolder(...words),
    close: alive(() => writer.close()),
  }
}

const dead = JSON.stringify({ pid: 1, bootId: 'another boot', startTicks: '1' })

/** What two records of one plan have alike: all but ids, times and figures. */
function structure({ plan: asked, state, error, groups }: RunRecord) {
  const cases = groups.map((group) => group.cases.map((entry) => [entry.caseKey, entry.state, entry.sampleCount > 0]))
  return { asked, state, error, groups: groups.map(({ groupKey, stopped }) => [groupKey, stopped]), cases }
}

async function blocksOf(folder: string, { groups }: RunRecord): Promise<ReadonlyMap<string, readonly SampleBlock[]>> {
  const run = await openRunFolder(folder)
  const blocks = new Map<string, readonly SampleBlock[]>()
  for (const { groupKey, cases } of groups) {
    for (const { caseKey } of cases) {
      const { blocks: read, tornLines } = await run.samples(groupKey, caseKey)
      expect([groupKey, caseKey, tornLines]).toEqual([groupKey, caseKey, 0])
      blocks.set(`${groupKey}/${caseKey}`, read)
    }
  }
  return blocks
}

/** Null once the run outlives its writes. */
async function killedRun(writes: number) {
  const life = { writesLeft: writes }
  const held: RunWriter[] = []
  const bench = await runBench(root, {
    createRunWriter: async (folder) => {
      const writer = await createRunWriter(folder)
      held.push(writer)
      return mortal(writer, life)
    },
  })
  const ended = await bench.service
    .start(plan, null, () => {})
    .then(
      ({ finished }) => finished.catch(() => null),
      () => null,
    )
  const [writer] = held
  if (writer === undefined) throw new Error('The run has no folder.')
  const isDead = life.writesLeft <= 0
  // What the operating system does with the files of a dead process; its mark stays.
  await writer.close()
  if (isDead) await writeFile(join(writer.folder, 'running.json'), dead)
  return isDead ? { bench, folder: writer.folder } : ended
}

test('fault-39: a run that died at any step is resumed to the run it would have been', {
  timeout: 120_000,
}, async () => {
  const whole = await (await runBench(root)).run(plan)
  const wholeBlocks = await blocksOf(whole.folder, whole.record)
  let steps = 0
  for (; ; steps += 1) {
    const killed = await killedRun(steps)
    if (killed === null || !('bench' in killed)) break
    const { bench, folder } = killed
    const before = await readFile(join(folder, 'run.json'), 'utf8').catch(() => null)
    const resumed: RunRecord | string = await bench.service
      .resume(folder, () => {})
      .then(
        ({ finished }) => finished,
        (error) => error.record.code,
      )
    // Nothing was written yet, or everything was.
    if (before === null) {
      expect([steps, resumed]).toEqual([steps, 'unknown-run'])
      continue
    }
    if (typeof resumed === 'string') {
      expect([steps, resumed, JSON.parse(before).state]).toEqual([steps, 'bad-usage', 'completed'])
      continue
    }
    expect([steps, structure(resumed)]).toEqual([steps, structure(whole.record)])
    const blocks = await blocksOf(folder, resumed)
    const places = (each: ReadonlyMap<string, readonly SampleBlock[]>) =>
      [...each].map(([key, list]) => [key, list.map(({ launch, round, block }) => [launch, round, block])])
    expect([steps, places(blocks)]).toEqual([steps, places(wholeBlocks)])
    expect(recomputeRecord(resumed, (group, key) => blocks.get(`${group}/${key}`) ?? [])).toEqual(resumed)
    for (const { groupKey, cases } of resumed.groups) {
      // One session: in each round, the cases follow each other without the pause of a restart.
      const times = cases.flatMap(({ caseKey }) => blocks.get(`${groupKey}/${caseKey}`) ?? [])
      const ordered = [...times].sort((left, right) => left.startedAtNs - right.startedAtNs)
      expect(ordered.map(({ round }) => round)).toEqual(ordered.map(({ round }) => round).sort((a, b) => a - b))
    }
    expect((await openRunFolder(folder)).record).toEqual(resumed)
  }
  expect(steps).toBeGreaterThan(40)
})
