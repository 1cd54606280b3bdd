// Run folders that no run wrote lie among the others, also when the app starts. Everything else in the window works.
import { execFile } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RunRecord } from '../../shared/domain/run.ts'
import { exampleCase, exampleRecord } from '../fakes/example-record.ts'
import { rawCharactersIn } from '../fakes/hostile-text.ts'
import { answerFolderDialogs, expect, request, test } from './harness/app.ts'
import { show } from './harness/capture.ts'

async function writeRun(home: string, name: string, record: RunRecord | Record<string, unknown>): Promise<string> {
  const folder = join(home, 'runs', name)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'run.json'), JSON.stringify(record))
  return folder
}

const good = exampleRecord({ runId: 'good', modelName: 'A good run' })

test('one bad date, an endless id and a pipe spoil no screen, can be removed and brought back, and the app quits', async ({
  openApp,
  home,
}) => {
  await writeRun(home, 'good', good)
  await writeRun(home, 'odd-date', { ...exampleRecord({ runId: 'odd-date' }), createdAt: 'x' })
  await writeRun(home, 'long-id', exampleRecord({ runId: 'a'.repeat(121) }))
  await mkdir(join(home, 'runs', 'pipe'))
  await promisify(execFile)('mkfifo', [join(home, 'runs', 'pipe', 'run.json')])

  const { app, page, consoleLines } = await openApp()
  await show(page, '#/runs')
  const unreadable = page.getByRole('region', { name: 'Runs that cannot be read' })
  await expect(unreadable.getByRole('alert')).toHaveCount(3)
  await expect(unreadable).toContainText('is a pipe, not a file')
  await unreadable.getByRole('alert').filter({ hasText: 'is a pipe' }).getByRole('button', { name: 'Remove' }).click()
  await expect(unreadable.getByRole('alert')).toHaveCount(2)
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click()
  await expect(unreadable.getByRole('alert')).toHaveCount(3)
  await expect(page.getByRole('heading', { name: '1 run', exact: true })).toBeVisible()
  await expect(
    page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: /A good run/ }),
  ).toBeVisible()
  for (const screen of ['setup', 'models', 'benchmark', 'results/good', 'report/good']) {
    await show(page, `#/${screen}`)
    await expect(page.getByRole('main')).toBeVisible()
    await expect(page.getByText('could not be shown')).toHaveCount(0)
  }
  expect(consoleLines.filter((line) => line.startsWith('uncaught'))).toEqual([])
  await app.close()
})

test('a run that another process goes on with is shown as it is now', async ({ openApp, home }) => {
  await writeRun(home, 'good', { ...good, state: 'cancelled', groups: [] })
  const { page } = await openApp()
  await show(page, '#/results/good')
  await expect(page.getByText('The run was cancelled before a case was finished.')).toBeVisible()
  await writeRun(home, 'good', { ...good, notes: ['as the command line left it'] })
  await expect(page.getByRole('region', { name: 'Candidates' })).toBeVisible()
  await writeRun(home, 'another', exampleRecord({ runId: 'another', modelName: 'Another run' }))
  await expect(
    page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: /Another run/ }),
  ).toBeVisible()
})

test('a second folder with the same id is refused by the folder of the first', async ({ openApp, home }) => {
  const folder = await writeRun(home, 'good', good)
  const { app, page } = await openApp()
  await cp(folder, join(home, 'copy'), { recursive: true })
  await answerFolderDialogs(app, join(home, 'copy'))
  await show(page, '#/runs')
  await page.getByRole('button', { name: 'Open a run folder' }).click()
  await expect(page.getByRole('alert')).toContainText(
    `Run good is in the list already, from another folder: ${folder}.`,
  )
  expect((await request(page, 'run:list', {})).map(({ runId }) => runId)).toEqual(['good'])
})

test('a run of 1,200 cases is looked at without reading all of their samples', async ({ openApp, home }) => {
  const [group] = good.groups
  if (group === undefined) throw new Error('The example has a group.')
  const cases = Array.from({ length: 1200 }, (_, index) =>
    exampleCase({ caseKey: index === 0 ? 'simulated-fp32' : `simulated-fp32.${index + 1}` }),
  )
  const folder = await writeRun(home, 'good', { ...good, groups: [{ ...group, cases }] })
  const line = { launch: 0, round: 0, orderInRound: 0, startedAtNs: 0, endedAtNs: 1e9, leadSamples: 0, flags: [] }
  await mkdir(join(folder, 'samples', group.groupKey), { recursive: true })
  for (const { caseKey } of cases) {
    const text = JSON.stringify({ ...line, block: 0, latenciesMs: Array(5000).fill(1.25) })
    await writeFile(join(folder, 'samples', group.groupKey, `${caseKey}.ndjson`), `${text}\n`)
  }
  const { app, page } = await openApp()
  await show(page, '#/results/good')
  await expect(page.getByRole('button', { name: /show its raw samples$/ })).toHaveCount(40)
  await expect(page.getByText('1,160 more candidates are in the table.')).toBeVisible()
  await expect(page.getByText('None of 1 blocks is flagged')).toBeVisible()
  const heapBytes = await app.evaluate(() => process.memoryUsage().heapUsed)
  expect(heapBytes).toBeLessThan(400e6)
  expect(await request(page, 'app:describe', {})).toMatchObject({ version: expect.any(String) })
})

test('names are shown by their escapes in the window', async ({ openApp, home }) => {
  await writeRun(home, 'good', { ...good, modelName: 'CLIP\u202e\u001b[31m', notes: ['note\u2066'] })
  const { page } = await openApp()
  for (const screen of ['runs', 'results/good', 'report/good']) {
    await show(page, `#/${screen}`)
    await expect(page.getByText('CLIP\\u202e\\u001b[31m').first()).toBeVisible()
    expect(rawCharactersIn(await page.content())).toEqual([])
  }
})
