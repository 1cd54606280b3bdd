// Compare and Decide in the real window, on runs that were laid out here.
import { join } from 'node:path'
import { sequentialRun } from '../fixtures/sequential-run.ts'
import { expect, test } from './harness/app.ts'
import { capture, readyForCapture, show } from './harness/capture.ts'
import { copyPublishedRun, openRunFolder, writeFixtureRun } from './harness/kept-runs.ts'

test('two runs are compared in columns, and what one of them measured is decided on by limits', async ({ openApp }) => {
  const opened = await openApp()
  const { app, page, home, consoleLines } = opened
  await readyForCapture(app, page)
  await show(page, '#/compare')
  await capture(page, 'compare-empty')
  await show(page, '#/decide')
  await expect(page.getByRole('heading', { name: 'Nothing to decide on yet' })).toBeVisible()
  await capture(page, 'decide-empty')

  const { runId: firstId } = sequentialRun().record
  const runIds = [firstId, `${firstId.slice(0, -4)}b22b`]
  for (const runId of runIds) {
    await writeFixtureRun(sequentialRun({ runId }), join(home, 'runs', runId))
  }
  await copyPublishedRun('clip-vit-b32-launches', join(home, 'published'))
  await openRunFolder(opened, join(home, 'published'))

  await show(page, `#/compare/${runIds.join('/')}`)
  const compare = page.getByRole('main', { name: 'Compare' })
  await expect(compare.getByRole('button', { name: 'Settle' })).toBeVisible()
  await page.keyboard.press('d')
  await expect(compare.getByRole('table').first()).toContainText('ONNX Runtime')
  await expect(compare.getByRole('columnheader', { name: /pinned baseline, simulated/ })).toBeVisible()
  await capture(page, 'compare-simulated')

  await show(page, `#/decide/${firstId}`)
  const decide = page.getByRole('main', { name: 'Decide' })
  await expect(decide).toContainText(/Ship|tie|No candidate/)
  await capture(page, 'decide-simulated')
  expect(consoleLines).toEqual([])
})
