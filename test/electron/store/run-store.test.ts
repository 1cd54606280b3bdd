import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { RunIndex } from '../../../electron/store/run-index.ts'
import { createRunStore, type OpenedRunStore, type RunStoreOptions } from '../../../electron/store/run-store.ts'
import type { RunRecord } from '../../../shared/domain/run.ts'
import { exampleBlock, exampleCase, exampleRecord } from '../../fakes/example-record.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
const open: OpenedRunStore[] = []
let homes = 0

afterEach(() => {
  for (const store of open.splice(0)) store.close()
})

function home() {
  homes += 1
  const dataFolder = join(root, `home-${homes}`)
  return { dataFolder, runsFolder: join(dataFolder, 'runs') }
}

function storeAt(paths: { dataFolder: string; runsFolder: string }, options: RunStoreOptions = {}): OpenedRunStore {
  const store = createRunStore(paths, options)
  open.push(store)
  return store
}

async function writeRun(folder: string, record: RunRecord): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'run.json'), JSON.stringify(record))
}

const runId = (number: number): string => `20260101-00000${number}-digits-aaaa`
const record = (number: number, changes: Partial<RunRecord> = {}): RunRecord =>
  exampleRecord({ runId: runId(number), createdAt: `2026-01-01T00:00:0${number}.000Z`, ...changes })

test('runs are listed newest first, with the best speedup that is not the baseline', async () => {
  const paths = home()
  const speedup = {
    value: 2,
    interval: null,
    baseline: 'simulated-fp32',
    verdict: 'faster',
    reason: 'x',
    heading: null,
  } as const
  const [group] = record(2).groups
  if (group === undefined) throw new Error('The example has a group.')
  const cases = [
    exampleCase(),
    exampleCase({ caseKey: 'simulated-fp16', precision: 'fp16', weights: 'seeded', speedup }),
  ]
  await writeRun(join(paths.runsFolder, runId(1)), record(1))
  await writeRun(join(paths.runsFolder, runId(2)), record(2, { groups: [{ ...group, cases }] }))
  const entry = { state: 'completed', modelName: 'Digits', preset: 'quick', simulated: true }
  expect(await storeAt(paths).list()).toEqual([
    {
      ...entry,
      runId: runId(2),
      createdAt: '2026-01-01T00:00:02.000Z',
      seededWeights: true,
      caseCount: 2,
      bestSpeedup: { value: 2, interval: null },
    },
    {
      ...entry,
      runId: runId(1),
      createdAt: '2026-01-01T00:00:01.000Z',
      seededWeights: false,
      caseCount: 1,
      bestSpeedup: { value: null, reason: 'No speedup was shown in this run.' },
    },
  ])
})

test('the list follows folders that change, come and go', async () => {
  const paths = home()
  const store = storeAt(paths)
  expect(await store.list()).toEqual([])
  await writeRun(join(paths.runsFolder, runId(1)), record(1))
  await writeRun(join(paths.runsFolder, runId(2)), record(2))
  expect((await store.list()).map((entry) => entry.runId)).toEqual([runId(2), runId(1)])
  await writeRun(join(paths.runsFolder, runId(1)), record(1, { modelName: 'Renamed' }))
  await rm(join(paths.runsFolder, runId(2)), { recursive: true })
  expect((await store.list()).map((entry) => entry.modelName)).toEqual(['Renamed'])
})

test('a damaged index is thrown away and built again from the folders', async () => {
  const paths = home()
  await writeRun(join(paths.runsFolder, runId(1)), record(1))
  const first = storeAt(paths)
  const before = await first.list()
  first.close()
  const index = join(paths.dataFolder, 'run-index.duckdb')
  const bytes = await readFile(index)
  bytes.fill(0x5a, 0, 8192)
  await writeFile(index, bytes)
  const lines: string[] = []
  const second = storeAt(paths, { log: (line) => lines.push(line) })
  expect(await second.list()).toEqual(before)
  expect(second.notice()).toBe(null)
  expect(lines[0]).toMatch(/^Rebuilding the run index: /)
})

test('where the index cannot be opened at all, the folders answer alone and say so', async () => {
  const paths = home()
  await writeRun(join(paths.runsFolder, runId(1)), record(1))
  const store = storeAt(paths, { openIndex: () => Promise.reject(new Error('no such library')) })
  expect((await store.list()).map((entry) => entry.runId)).toEqual([runId(1)])
  expect(store.notice()).toBe('The run index cannot be used (no such library); runs are read from their folders.')
})

test('an index of another version is refused by itself', async () => {
  const file = join(root, 'other-version.duckdb')
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  await connection.run('create table index_version (version integer); insert into index_version values (99)')
  connection.closeSync()
  instance.closeSync()
  await expect(RunIndex.open(file)).rejects.toThrow('version 99')
})

test('a folder from elsewhere is known by reference, and only forgotten when removed', async () => {
  const paths = home()
  const elsewhere = join(root, 'elsewhere')
  await writeRun(elsewhere, record(3))
  const store = storeAt(paths)
  expect(await store.addFolder(elsewhere)).toBe(runId(3))
  expect(await store.addFolder(elsewhere)).toBe(runId(3))
  expect(await storeAt(paths, { openIndex: () => Promise.reject(new Error('x')) }).folderOf(runId(3))).toBe(elsewhere)
  await store.remove(runId(3))
  expect(await store.list()).toEqual([])
  expect(await readdir(elsewhere)).toEqual(['run.json'])
})

test('removing a run moves its folder to the trash', async () => {
  const paths = home()
  await writeRun(join(paths.runsFolder, runId(1)), record(1))
  const store = storeAt(paths)
  await store.remove(runId(1))
  expect(await store.list()).toEqual([])
  const [trashed] = await readdir(join(paths.dataFolder, 'trash'))
  expect(await readdir(join(paths.dataFolder, 'trash', trashed ?? ''))).toEqual(['run.json'])
  await expect(store.open(runId(1))).rejects.toMatchObject({ record: { code: 'unknown-run' } })
})

test('an id that climbs out of the runs folder finds nothing', async () => {
  const paths = home()
  await writeRun(join(paths.dataFolder, 'secret'), record(1))
  await expect(storeAt(paths).open('../secret')).rejects.toMatchObject({ record: { code: 'unknown-run' } })
})

test('fault-09: a run left running by a process that is gone becomes interrupted, summarised from what it measured', async () => {
  const paths = home()
  const [group] = record(1).groups
  if (group === undefined) throw new Error('The example has a group.')
  const cases = [exampleCase(), exampleCase({ caseKey: 'simulated-fp16', state: 'running' })]
  const folder = join(paths.runsFolder, runId(1))
  await writeRun(folder, record(1, { state: 'running', endedAt: null, groups: [{ ...group, cases }] }))
  const line = `${JSON.stringify(exampleBlock())}\n`
  await mkdir(join(folder, 'samples', 'digits-b1'), { recursive: true })
  await writeFile(join(folder, 'samples', 'digits-b1', 'simulated-fp32.ndjson'), line)
  await writeFile(join(folder, 'samples', 'digits-b1', 'simulated-fp16.ndjson'), line + line.slice(0, 30))
  await writeFile(join(folder, 'running.json'), JSON.stringify({ pid: 1, bootId: 'another boot', startTicks: '1' }))
  await writeFile(join(folder, 'run.json.1234567'), '{"half')
  const store = storeAt(paths)
  expect(await store.recover()).toEqual([runId(1)])
  const recovered = await store.open(runId(1))
  expect(recovered).toMatchObject({ state: 'interrupted', error: { code: 'interrupted' } })
  const [finished, cut] = recovered.groups[0]?.cases ?? []
  expect(finished).toMatchObject({ state: 'completed', reason: null, sampleCount: 2 })
  expect(cut).toMatchObject({
    state: 'failed',
    reason: 'Enginebench was closed during this run.',
    error: recovered.error,
    sampleCount: 2,
    speedup: { verdict: 'refused' },
  })
  expect(cut?.badges).toContain('partial')
  expect(finished?.badges).not.toContain('partial')
  expect((await readdir(folder)).sort()).toEqual(['run.json', 'samples'])
  expect(await store.recover()).toEqual([])
})

test('a run that a living process writes is left alone', async () => {
  const paths = home()
  const folder = join(paths.runsFolder, runId(1))
  await writeRun(folder, record(1, { state: 'running' }))
  const { thisProcess } = await import('../../../electron/store/process-lock.ts')
  await writeFile(join(folder, 'running.json'), JSON.stringify(await thisProcess()))
  const store = storeAt(paths)
  expect(await store.recover()).toEqual([])
  expect((await store.open(runId(1))).state).toBe('running')
})

test('an unreadable record is not read again until it changes', async () => {
  const paths = home()
  const folder = join(paths.runsFolder, 'broken')
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'run.json')
  await writeFile(file, ' '.repeat(JSON.stringify(record(1)).length))
  await utimes(file, 1000, 1000)
  const store = storeAt(paths)
  expect(await store.list()).toEqual([])
  await writeFile(file, JSON.stringify(record(1)))
  await utimes(file, 1000, 1000)
  expect(await store.list()).toEqual([])
  await utimes(file, 1000, 1005)
  expect((await store.list()).length).toBe(1)
})

test('fault-15: an index that another process holds is left alone, and the folders answer', async () => {
  const paths = home()
  await writeRun(join(paths.runsFolder, runId(1)), record(1))
  const index = join(paths.dataFolder, 'run-index.duckdb')
  const holder = spawn(
    process.execPath,
    [
      '-e',
      `const { DuckDBInstance } = require('@duckdb/node-api')
       DuckDBInstance.create(process.argv[1]).then(() => { console.log('held'); setInterval(() => {}, 1000) })`,
      index,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  try {
    await once(holder.stdout, 'data')
    const store = storeAt(paths)
    expect((await store.list()).map((entry) => entry.runId)).toEqual([runId(1)])
    expect(store.notice()).toMatch(/^The run index cannot be used \(.*lock/)
    expect(await readdir(paths.dataFolder)).toContain('run-index.duckdb')
  } finally {
    holder.kill('SIGKILL')
    await once(holder, 'exit')
  }
})
