// Runs that were not measured here, laid out as the app keeps them, and opened as a user opens any folder.
import { existsSync } from 'node:fs'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Page } from '@playwright/test'
import type { FixtureRun } from '../../fixtures/record.ts'
import { answerFolderDialogs, type OpenedApp, request } from './app.ts'
import { show } from './capture.ts'
import { applicationFolder } from './runtime.ts'

/** With its samples; `folder` is new. */
export async function writeFixtureRun({ record, blocksOf }: FixtureRun, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'run.json'), JSON.stringify(record))
  for (const { groupKey, cases } of record.groups) {
    for (const { caseKey } of cases) {
      const file = join(folder, 'samples', groupKey, `${caseKey}.ndjson`)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(
        file,
        blocksOf(groupKey, caseKey)
          .map((block) => `${JSON.stringify(block)}\n`)
          .join(''),
      )
    }
  }
}

/** One of those in docs/results: its record and samples, in a folder of its own. */
export async function copyPublishedRun(name: string, folder: string): Promise<void> {
  const published = join(applicationFolder, 'docs', 'results', name)
  await cp(join(published, 'samples'), join(folder, 'samples'), { recursive: true })
  await cp(join(published, 'benchmark_results.json'), join(folder, 'run.json'))
  const machine = join(published, 'machine.ndjson')
  if (existsSync(machine)) await cp(machine, join(folder, 'machine.ndjson'))
}

/** Through the dialog, into Results. */
export async function openRunFolder({ app, page }: OpenedApp, folder: string): Promise<string> {
  await answerFolderDialogs(app, folder)
  const opened = await request(page, 'run:open-folder', {})
  const runId = opened?.runId ?? ''
  await show(page, `#/results/${runId}`)
  return runId
}

/** The badges of Results beyond the first three, where there are more and they are not shown yet. */
export async function showConditions(page: Page): Promise<void> {
  await page.getByRole('main', { name: 'Results' }).locator('.badges').waitFor()
  const button = page.getByRole('button', { name: /^Conditions/ })
  if ((await button.count()) > 0) await button.click()
}

export async function chooseView(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click()
  await page.getByRole('tabpanel', { name, exact: true }).waitFor()
}
