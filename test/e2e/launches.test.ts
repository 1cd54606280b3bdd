// A run of protocol 2 in the real window: its verdicts, how their intervals narrowed, and the offer to measure longer.
import { join } from 'node:path'
import { sequentialRun, undecidedRun } from '../fixtures/sequential-run.ts'
import { expect, request, test } from './harness/app.ts'
import { capture, readyForCapture } from './harness/capture.ts'
import { chooseView, copyPublishedRun, openRunFolder, showConditions, writeFixtureRun } from './harness/kept-runs.ts'

test('a run shows every verdict with its interval, its launches, and what would decide the rest', async ({
  standingApp: opened,
}) => {
  const { page, home } = opened
  const { machine: _, ...rest } = sequentialRun().record.fingerprint
  const fingerprint = { ...rest, machine: await request(page, 'machine:describe', {}) }
  await writeFixtureRun(sequentialRun({ fingerprint }), join(home, 'sequential'))
  await writeFixtureRun(undecidedRun({ fingerprint }), join(home, 'undecided'))
  await copyPublishedRun('clip-vit-b32', join(home, 'protocol-1'))
  await readyForCapture(opened.app, page)

  await openRunFolder(opened, join(home, 'sequential'))
  await showConditions(page)
  await expect(page.getByText('stopped at the time limit after 20 launches')).toBeVisible()
  await expect(page.getByText('same within 2 %', { exact: true })).toBeVisible()
  await expect(page.getByText('✕ speedup refused')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Measure longer (about 4 min)' })).toBeEnabled()
  await chooseView(page, 'Launches')
  await expect(page.getByRole('tabpanel', { name: 'Launches' }).getByRole('img')).toHaveCount(4)
  await page.getByText('Across: launches').scrollIntoViewIfNeeded()
  await capture(page, 'results-launches-simulated')

  await openRunFolder(opened, join(home, 'undecided'))
  await expect(page.getByText(/^Whether OpenVINO FP32 is faster than PyTorch eager FP32 is undecided/)).toBeVisible()
  await capture(page, 'results-undecided-simulated')

  await openRunFolder(opened, join(home, 'protocol-1'))
  await showConditions(page)
  await expect(page.getByText('measured by protocol 1')).toBeVisible()
  await expect(page.getByRole('button', { name: /^Measure longer/ })).toHaveCount(0)
  await chooseView(page, 'Launches')
  await expect(page.getByRole('tabpanel', { name: 'Launches' })).toContainText('measured by protocol 1')
  expect(opened.consoleLines).toEqual([])
})
