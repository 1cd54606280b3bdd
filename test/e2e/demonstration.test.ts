// The first minutes of a new user without Python, in one app: what is ready, the demonstration by one click, its files.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020.js'
import { backendIds, backendLabels } from '../../shared/domain/backend.ts'
import type { CaseRecord, RunRecord } from '../../shared/domain/run.ts'
import { answerFolderDialogs, expect, request, test } from './harness/app.ts'
import { readNpy, topOfRows } from './harness/npy.ts'
import { applicationFolder } from './harness/runtime.ts'

// One run serves them all.
test.describe.configure({ mode: 'serial' })

test('Setup lists every backend, and says of each that is not ready why and what helps', async ({ standingApp }) => {
  const { page } = standingApp
  await page.getByRole('link', { name: 'Setup', exact: true }).click()
  const backends = await request(page, 'backends:list', { refresh: false })
  expect(backends.map(({ id }) => id)).toEqual([...backendIds])
  for (const { id, available, reason, remedy } of backends) {
    const row = page.getByRole('row', { name: backendLabels[id], exact: true })
    await expect(row).toContainText(available ? 'Ready' : 'Not ready')
    if (available) continue
    expect([reason, remedy]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/\w/)])
    await expect(row).toContainText(reason ?? '')
    expect(reason).not.toMatch(/Traceback|\bat .+:\d+:\d+/)
  }
  expect(backends.find(({ id }) => id === 'onnxruntime-node')?.available).toBe(true)
})

test('the demonstration runs by one click and ends in Results with the true accuracy of every precision', async ({
  standingApp,
}) => {
  // About a minute for each of its two batch sizes.
  test.setTimeout(360_000)
  const { home, page, consoleLines } = standingApp
  await page.getByRole('button', { name: 'Run the demonstration' }).click()
  const running = page.getByRole('main', { name: 'Benchmark, running' })
  await expect(page.getByText(/Launch 1, round \d+ of \d+/)).toBeVisible({ timeout: 60_000 })
  await expect(running).toContainText(/0 of at most \d+ launches are done\. Parity is checked after the first launch\./)
  await expect(running).toContainText(/1 of at most \d+ launches is done\. The next look/, { timeout: 60_000 })
  await expect(running.getByRole('region', { name: 'Live samples' })).toContainText(/\d\.\d+ × \(\d\.\d+ – \d\.\d+\)/)
  await expect(page.getByRole('main', { name: 'Results' })).toBeVisible({ timeout: 270_000 })

  const [entry] = await request(page, 'run:list', {})
  const record = await request(page, 'run:open', { runId: entry?.runId ?? '' })
  expect(record).toMatchObject({ state: 'completed', simulated: false })
  for (const group of record.groups) {
    expect(group.cases.map(({ precision, state }) => [precision, state])).toEqual([
      ['fp32', 'completed'],
      ['fp16', 'completed'],
      ['int8', 'completed'],
    ])
    for (const measured of group.cases) {
      const recounted = await accuracyFromOutputs(join(home, 'runs', record.runId), group.groupKey, measured)
      expect(measured.accuracy.value).toBeCloseTo(recounted, 9)
      expect(recounted).toBeGreaterThan(0.9)
    }
  }
  await expect(page.getByText(/\d\d\.\d+ ?%/).first()).toBeVisible()
  expect(consoleLines).toEqual([])
})

test('fault-40: closing the folder dialog exports nothing and says nothing is wrong', async ({ standingApp }) => {
  const { app, page } = standingApp
  const [run] = await request(page, 'run:list', {})
  await answerFolderDialogs(app, null)
  expect(await request(page, 'report:export', { runId: run?.runId ?? '', formats: ['json'] })).toBeNull()
})

test('a report is exported in every format, each whole and readable by others', async ({ standingApp }) => {
  const { home, app, page } = standingApp
  const [{ runId } = { runId: 'none' }] = await request(page, 'run:list', {})
  const record = await request(page, 'run:open', { runId })
  await page.getByRole('link', { name: 'Report', exact: true }).click()
  await answerFolderDialogs(app, home)
  await page.getByRole('button', { name: 'Export to a folder' }).click()
  const written = page.getByRole('status').getByRole('listitem')
  await expect(written).toHaveCount(5, { timeout: 30_000 })
  const files = await written.allTextContents()
  const fileOf = (extension: string) => files.find((file) => file.endsWith(extension)) ?? `no ${extension}`

  const json: unknown = JSON.parse(await readFile(fileOf('benchmark_results.json'), 'utf8'))
  expect(json).toMatchObject({ runId, state: 'completed' })
  const schema = JSON.parse(
    await readFile(join(applicationFolder, 'docs/schema/benchmark_results.schema.json'), 'utf8'),
  )
  const ajv = new Ajv2020({ strict: false })
  expect(ajv.validate(schema, json), JSON.stringify(ajv.errors)).toBe(true)

  const csv = (await readFile(fileOf('.csv'), 'utf8')).trim().split(/\r?\n/)
  expect(csv.length).toBe(1 + record.groups.reduce((sum, { cases }) => sum + cases.length, 0))

  const markdown = await readFile(fileOf('.md'), 'utf8')
  for (const { caseKey } of casesOf(record)) expect(markdown).toContain(caseKey.includes('int8') ? 'INT8' : 'FP32')

  const html = await readFile(fileOf('.html'), 'utf8')
  expect(html).toMatch(/^<!doctype html>/i)
  expect(html).toContain('<svg')
  expect(html).not.toMatch(/<script|\b(?:src|href)=["']?https?:/i)

  const pdf = await readFile(fileOf('.pdf'), 'latin1')
  expect([pdf.slice(0, 5), pdf.trimEnd().slice(-5)]).toEqual(['%PDF-', '%%EOF'])
  expect(pdf.length).toBeGreaterThan(10_000)
})

function casesOf(record: RunRecord): readonly CaseRecord[] {
  return record.groups.flatMap(({ cases }) => cases)
}

async function accuracyFromOutputs(runFolder: string, groupKey: string, { caseKey }: CaseRecord): Promise<number> {
  const logits = await readNpy(join(runFolder, 'outputs', groupKey, caseKey, 'logits.npy'))
  const labels = await readNpy(join(applicationFolder, 'models/digits/test-labels.npy'))
  const answers = topOfRows(logits)
  expect(answers.length).toBe(labels.values.length)
  return answers.filter((answer, index) => answer === labels.values[index]).length / answers.length
}
