// Whatever happens to the index of runs, the list of runs is that of the folders.
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createRunStore, type OpenedRunStore } from '../../../electron/store/run-store.ts'
import { schemaVersion } from '../../../shared/domain/run.ts'
import { seededRandom } from '../../../shared/planning/seeded-random.ts'
import { exampleRecord } from '../../fakes/example-record.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
const open: OpenedRunStore[] = []
let homes = 0

afterEach(() => {
  for (const store of open.splice(0)) store.close()
})

const runIds = ['run-a', 'run-b', 'run-c']

function storeAt(dataFolder: string): OpenedRunStore {
  const store = createRunStore({ dataFolder, runsFolder: join(dataFolder, 'runs') })
  open.push(store)
  return store
}

/** A data folder with three runs and an index of them. */
async function indexedHome(): Promise<{ dataFolder: string; index: string }> {
  homes += 1
  const dataFolder = join(root, `home-${homes}`)
  for (const runId of runIds) {
    await mkdir(join(dataFolder, 'runs', runId), { recursive: true })
    await writeFile(join(dataFolder, 'runs', runId, 'run.json'), JSON.stringify(exampleRecord({ runId })))
  }
  const store = storeAt(dataFolder)
  await store.list()
  store.close()
  open.splice(0)
  return { dataFolder, index: join(dataFolder, 'run-index.duckdb') }
}

async function idsIn(dataFolder: string): Promise<readonly string[]> {
  return (await storeAt(dataFolder).list()).map(({ runId }) => runId).sort()
}

test('fault-15: an index in which any bytes were flipped, or that was cut off anywhere, costs no run', async () => {
  const { dataFolder, index } = await indexedHome()
  const whole = await readFile(index)
  const random = seededRandom(15)
  for (let trial = 0; trial < 6; trial += 1) {
    const bytes = Buffer.from(whole)
    for (let flips = 0; flips < 20; flips += 1) {
      const at = Math.floor(random() * bytes.length)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))
    }
    await writeFile(index, trial % 3 === 0 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes)
    await rm(`${index}.wal`, { force: true })
    expect([trial, await idsIn(dataFolder)]).toEqual([trial, runIds])
    for (const store of open.splice(0)) store.close()
  }
})

test('fault-15: an index of a newer version is made anew', async () => {
  const { dataFolder, index } = await indexedHome()
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(index)
  const connection = await instance.connect()
  await connection.run('update index_version set version = 99')
  connection.closeSync()
  instance.closeSync()
  const store = storeAt(dataFolder)
  expect((await store.list()).map(({ runId }) => runId).sort()).toEqual(runIds)
  expect(store.notice()).toBe(null)
})

test('fault-15: where the index can be neither read nor replaced, the folders answer', async () => {
  const { dataFolder, index } = await indexedHome()
  await rm(index)
  await mkdir(join(index, 'not-empty'), { recursive: true })
  expect(await idsIn(dataFolder)).toEqual(runIds)
})

test.skipIf(process.getuid?.() === 0)('fault-15: a data folder that may only be read is listed', async () => {
  const { dataFolder, index } = await indexedHome()
  await rm(index)
  await chmod(dataFolder, 0o500)
  try {
    expect(await idsIn(dataFolder)).toEqual(runIds)
    await expect(stat(index)).rejects.toMatchObject({ code: 'ENOENT' })
  } finally {
    await chmod(dataFolder, 0o700)
  }
})

test('fault-15: a record of a newer version is named, and the others are listed', async () => {
  const { dataFolder } = await indexedHome()
  const file = join(dataFolder, 'runs', 'run-b', 'run.json')
  await writeFile(file, JSON.stringify({ ...exampleRecord({ runId: 'run-b' }), schemaVersion: schemaVersion + 1 }))
  const store = storeAt(dataFolder)
  expect((await store.list()).map(({ runId }) => runId).sort()).toEqual(['run-a', 'run-c'])
  expect((await store.unreadable()).map(({ problem }) => problem)).toEqual([
    {
      code: 'newer-schema',
      stage: 'store',
      message: `${file} was written by a newer Enginebench (record version 2, this one reads up to 1).`,
      remedy: 'Update Enginebench to open this run.',
      cause: null,
    },
  ])
})
