// A data folder of the first version of 0.1.0, opened by this one: test/fixtures/first-version-data/README.md says how it
// was made.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { prepareDataFolder } from '../../electron/compose.ts'
import type { Services } from '../../electron/services.ts'
import { openRunFolder } from '../../electron/store/run-folder.ts'
import { filesUnder } from '../../scripts/packaging/linux-tree.mjs'
import { recomputeRecord } from '../../shared/statistics/group-summary.ts'
import { firstVersionRuns, placeFirstVersionData } from '../fakes/first-version-data.ts'
import { nodeServices } from '../fakes/node-services.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const home = temporaryFolder()
const python = process.env.ENGINEBENCH_TEST_PYTHON
const servicesNow = nodeServices(home)
let services: Services
let before: Readonly<Record<string, string>> = {}

const readJson = (...path: string[]) => JSON.parse(readFileSync(join(home, ...path), 'utf8'))

/** Of all but the index over the runs, which is made again when needed. */
function hashes(): Readonly<Record<string, string>> {
  const hashOf = (file: string) =>
    createHash('sha256')
      .update(readFileSync(join(home, file)))
      .digest('hex')
  const kept = filesUnder(home).filter((file: string) => !file.startsWith('/run-index.duckdb'))
  return Object.fromEntries(kept.map((file: string) => [file, hashOf(file)]))
}

beforeAll(async () => {
  placeFirstVersionData(home, python)
  before = hashes()
  services = servicesNow()
  // What the window does at its start.
  await prepareDataFolder(services.paths)
  await services.store.recover()
  await services.conversions.resume()
})

test('lists every run as its record says, and has nothing that it cannot read', async () => {
  const listed = (await services.store.list()).map(({ runId, state, caseCount }) => ({ runId, state, caseCount }))
  const written = firstVersionRuns.map((runId) => {
    const { state, groups } = readJson('runs', runId, 'run.json')
    return { runId, state, caseCount: groups.flatMap(({ cases }: { cases: unknown[] }) => cases).length }
  })
  expect(listed.toSorted((left, right) => (left.runId < right.runId ? -1 : 1))).toEqual(written)
  expect(await services.store.unreadable()).toEqual([])
})

test.each(firstVersionRuns)(
  'opens %s with every figure as it was written, and computes the same from its samples',
  async (runId) => {
    const record = await services.store.open(runId)
    expect(record).toEqual(readJson('runs', runId, 'run.json'))
    expect(record.protocol).toBeUndefined()
    const run = await openRunFolder(await services.store.folderOf(runId))
    const keys = record.groups.flatMap(({ groupKey, cases }) => cases.map(({ caseKey }) => ({ groupKey, caseKey })))
    const blocks = await Promise.all(keys.map(({ groupKey, caseKey }) => run.samples(groupKey, caseKey)))
    const blocksOf = (groupKey: string, caseKey: string) =>
      blocks[keys.findIndex((key) => key.groupKey === groupKey && key.caseKey === caseKey)]?.blocks ?? []
    expect(recomputeRecord(record, blocksOf).groups).toEqual(record.groups)
  },
)

test('writes a report of it', async () => {
  const [runId = ''] = firstVersionRuns
  const run = await openRunFolder(await services.store.folderOf(runId))
  expect(await services.reports.preview(run, 'md')).toContain('protocol 1')
})

test('keeps the settings, with the plan that was last edited', async () => {
  expect(await services.settings.read()).toEqual(readJson('settings.json'))
})

test('keeps artifacts and the conversions that made them', async () => {
  const artifacts = await services.artifacts.list()
  const conversions = await services.conversions.list()
  const folders = (kind: string) => [
    ...new Set(Object.keys(before).flatMap((file) => file.split(`/${kind}/`)[1]?.split('/')[0] ?? [])),
  ]
  expect(artifacts.map(({ key }) => key).toSorted()).toEqual(folders('artifacts').toSorted())
  expect(conversions).toEqual(folders('conversions').map((id) => readJson('conversions', id, 'record.json')))
})

test.skipIf(!python)('keeps the Python environment that was taken into use', async () => {
  const environments = await services.pythonEnvironments.describe()
  expect(environments.find(({ name }) => name === 'main')).toMatchObject({
    state: 'ready',
    interpreter: python,
    adopted: true,
  })
})

test('changes no file of it but the index over the runs', () => {
  expect(hashes()).toEqual(expect.objectContaining(before))
})
