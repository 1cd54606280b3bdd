// Run folders that no run wrote: each is listed by what is wrong with it, and the others stay as they are.
import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { thisProcess } from '../../../electron/store/process-lock.ts'
import { largestBytes } from '../../../electron/store/regular-file.ts'
import { createRunStore, type OpenedRunStore } from '../../../electron/store/run-store.ts'
import { longestKey } from '../../../shared/domain/key.ts'
import type { RunRecord } from '../../../shared/domain/run.ts'
import { exampleRecord } from '../../fakes/example-record.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
const open: OpenedRunStore[] = []
let homes = 0

afterEach(() => {
  for (const store of open.splice(0)) store.close()
})

/** A store with one good run in it. */
async function storeWithOneRun() {
  homes += 1
  const dataFolder = join(root, `home-${homes}`)
  const runsFolder = join(dataFolder, 'runs')
  const store = createRunStore({ dataFolder, runsFolder })
  open.push(store)
  await writeRun(join(runsFolder, 'good'), exampleRecord({ runId: 'good' }))
  return { store, dataFolder, runsFolder }
}

async function writeRun(folder: string, record: RunRecord | Record<string, unknown>): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'run.json'), JSON.stringify(record))
}

async function listed(store: OpenedRunStore) {
  return {
    runs: (await store.list()).map(({ runId }) => runId),
    unreadable: (await store.unreadable()).map(({ path, problem }) => [path, problem.code]),
  }
}

test('a record whose date is none is listed as unreadable, beside the others, also after a restart', async () => {
  const { store, dataFolder, runsFolder } = await storeWithOneRun()
  await writeRun(join(runsFolder, 'odd'), { ...exampleRecord({ runId: 'odd' }), createdAt: 'x' })
  const expected = { runs: ['good'], unreadable: [[join(runsFolder, 'odd'), 'record-unreadable']] }
  expect(await listed(store)).toEqual(expected)
  expect(await listed(store)).toEqual(expected)
  store.close()
  const again = createRunStore({ dataFolder, runsFolder })
  open.push(again)
  expect(await listed(again)).toEqual(expected)
  const [problem] = (await again.unreadable()).map((each) => each.problem)
  expect(problem?.cause).toContain('createdAt')
})

test('an id that is too long for the list is refused before it is remembered', async () => {
  const { store, dataFolder } = await storeWithOneRun()
  const elsewhere = join(root, `long-${homes}`)
  await writeRun(elsewhere, exampleRecord({ runId: 'a'.repeat(longestKey + 1) }))
  await expect(store.addFolder(elsewhere)).rejects.toMatchObject({ record: { code: 'record-unreadable' } })
  expect(await listed(store)).toEqual({ runs: ['good'], unreadable: [] })
  // As an earlier version remembered it.
  await writeFile(join(dataFolder, 'opened-runs.json'), JSON.stringify({ folders: [elsewhere] }))
  expect(await listed(store)).toEqual({ runs: ['good'], unreadable: [[elsewhere, 'record-unreadable']] })
  await writeRun(elsewhere, exampleRecord({ runId: 'a'.repeat(longestKey) }))
  expect((await listed(store)).runs.length).toBe(2)
})

test.runIf(process.platform === 'linux')('a record that is a pipe is not waited for', async () => {
  const { store, runsFolder } = await storeWithOneRun()
  await mkdir(join(runsFolder, 'pipe'))
  await promisify(execFile)('mkfifo', [join(runsFolder, 'pipe', 'run.json')])
  expect(await store.recover()).toEqual([])
  expect(await listed(store)).toEqual({
    runs: ['good'],
    unreadable: [[join(runsFolder, 'pipe'), 'record-unreadable']],
  })
  await expect(store.open('pipe')).rejects.toMatchObject({ record: { code: 'unknown-run' } })
})

/** Less where the heap is small. */
const mostMegabytes = Number((largestBytes.record / 1e6).toPrecision(3))

test('a record of 600 MB is refused in a sentence', async () => {
  const { store, runsFolder } = await storeWithOneRun()
  const file = join(runsFolder, 'huge', 'run.json')
  await mkdir(join(runsFolder, 'huge'))
  await writeFile(file, '')
  await truncate(file, 600 * 1024 * 1024)
  expect(await store.unreadable()).toEqual([
    {
      kind: 'run',
      path: join(runsFolder, 'huge'),
      problem: {
        code: 'record-unreadable',
        stage: 'store',
        message: `${file} has 629 MB, and at most ${mostMegabytes} MB are read.`,
        remedy: 'Put the file that Enginebench wrote in its place, or remove the folder.',
        cause: null,
      },
    },
  ])
})

test('a record with a million notes is refused', async () => {
  const { store, runsFolder } = await storeWithOneRun()
  await writeRun(join(runsFolder, 'notes'), exampleRecord({ runId: 'notes', notes: Array(1_000_000).fill('note') }))
  expect((await listed(store)).unreadable).toEqual([[join(runsFolder, 'notes'), 'record-unreadable']])
})

test('a second folder with the id of another is no second run of that id', async () => {
  const { store, runsFolder } = await storeWithOneRun()
  const elsewhere = join(root, `copy-${homes}`)
  await writeRun(elsewhere, exampleRecord({ runId: 'good', modelName: 'Changed' }))
  await expect(store.addFolder(elsewhere)).rejects.toMatchObject({
    record: {
      code: 'bad-usage',
      message: `Run good is in the list already, from another folder: ${join(runsFolder, 'good')}.`,
    },
  })
  await cp(join(runsFolder, 'good'), join(runsFolder, 'a-copy'), { recursive: true })
  expect(await listed(store)).toEqual({ runs: ['good'], unreadable: [[join(runsFolder, 'a-copy'), 'bad-usage']] })
  expect(await store.folderOf('good')).toBe(join(runsFolder, 'good'))
  await store.remove('good')
  expect(await listed(store)).toEqual({ runs: ['good'], unreadable: [] })
  await store.remove('good')
  expect(await store.addFolder(elsewhere)).toBe('good')
})

test('what another process changes, adds or removes is told once', async () => {
  const { store, runsFolder } = await storeWithOneRun()
  expect(await store.changed()).toBe(null)
  expect(await store.changed()).toBe(null)
  await writeRun(join(runsFolder, 'good'), exampleRecord({ runId: 'good', state: 'cancelled', notes: ['longer'] }))
  await writeRun(join(runsFolder, 'new'), exampleRecord({ runId: 'new' }))
  expect([...((await store.changed()) ?? [])].sort()).toEqual(['good', 'new'])
  expect(await store.changed()).toBe(null)
  await store.remove('new')
  expect(await store.changed()).toEqual(['new'])
  await writeRun(join(runsFolder, 'odd'), { schemaVersion: 1 })
  expect(await store.changed()).toEqual([])
})

test('the record is read again when it has changed, and its samples without reading it each time', async () => {
  const { store, runsFolder } = await storeWithOneRun()
  expect((await store.open('good')).modelName).toBe('Digits')
  await writeRun(join(runsFolder, 'good'), exampleRecord({ runId: 'good', modelName: 'Another model' }))
  expect((await store.open('good')).modelName).toBe('Another model')
  expect(await store.samples('good', 'digits-b1', 'simulated-fp32')).toEqual({ blocks: [], tornLines: 0 })
})

test('many questions at once are answered alike', async () => {
  const { store } = await storeWithOneRun()
  const answers = await Promise.all(Array.from({ length: 20 }, () => listed(store)))
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
})

test('a folder that cannot be read, or whose id another has, is moved to the trash and brought back', async () => {
  const { store, dataFolder, runsFolder } = await storeWithOneRun()
  await writeRun(join(runsFolder, 'odd'), { ...exampleRecord({ runId: 'odd' }), createdAt: 'x' })
  await writeRun(join(runsFolder, 'second'), exampleRecord({ runId: 'good' }))
  const expected = {
    runs: ['good'],
    unreadable: [
      [join(runsFolder, 'odd'), 'record-unreadable'],
      [join(runsFolder, 'second'), 'bad-usage'],
    ],
  }
  expect(await listed(store)).toEqual(expected)
  const undos = [
    await store.removeUnreadable(join(runsFolder, 'odd')),
    await store.removeUnreadable(join(runsFolder, 'second')),
  ]
  expect(await listed(store)).toEqual({ runs: ['good'], unreadable: [] })
  expect((await readdir(join(dataFolder, 'trash'))).map((name) => name.replace(/-\d+$/, '')).sort()).toEqual([
    'odd',
    'second',
  ])
  for (const undo of undos) await undo()
  expect(await listed(store)).toEqual(expected)
  expect(await readdir(join(dataFolder, 'trash'))).toEqual([])
})

test('nothing is brought back over what has taken its place', async () => {
  const { store, dataFolder, runsFolder } = await storeWithOneRun()
  const undo = await store.remove('good')
  await writeRun(join(runsFolder, 'good'), exampleRecord({ runId: 'good', notes: ['another'] }))
  await expect(undo()).rejects.toMatchObject({
    record: {
      code: 'folder-not-empty',
      message: `There is something at ${join(runsFolder, 'good')} again, so nothing was put back.`,
    },
  })
  expect((await store.open('good')).notes).toEqual(['another'])
  expect((await readdir(join(dataFolder, 'trash'))).length).toBe(1)
})

test('a folder elsewhere is taken off the list and put on it again, and one that a process writes is left alone', async () => {
  const { store, dataFolder } = await storeWithOneRun()
  const elsewhere = join(root, `elsewhere-${homes}`)
  await mkdir(elsewhere)
  await writeFile(join(elsewhere, 'run.json'), '{}')
  await writeFile(join(dataFolder, 'opened-runs.json'), JSON.stringify({ folders: [elsewhere] }))
  const unreadable = [[elsewhere, 'record-unreadable']]
  expect(await listed(store)).toEqual({ runs: ['good'], unreadable })
  const undo = await store.removeUnreadable(elsewhere)
  expect(await listed(store)).toEqual({ runs: ['good'], unreadable: [] })
  expect(await readdir(elsewhere)).toEqual(['run.json'])
  await undo()
  expect(await listed(store)).toEqual({ runs: ['good'], unreadable })
  await writeFile(join(elsewhere, 'running.json'), JSON.stringify(await thisProcess()))
  await expect(store.removeUnreadable(elsewhere)).rejects.toMatchObject({ record: { code: 'bad-usage' } })
})
