// Extra measurements are asked for, made and shown, and so is the noise floor that every verdict rests on.
import { join } from 'node:path'
import { everyPassRun } from '../fixtures/every-pass.ts'
import { expect, request, test } from './harness/app.ts'
import { capture, readyForCapture, show } from './harness/capture.ts'
import { chooseView, copyPublishedRun, openRunFolder, showConditions, writeFixtureRun } from './harness/kept-runs.ts'
import { digitsPlan, startRun, untilEnded } from './harness/plans.ts'

const views = ['Time', 'Cold start', 'Layers', 'Limits', 'Serving'] as const

test('a run with every pass shows each in a view of its own, dark and light; so does a run from another machine', async ({
  standingApp: opened,
}) => {
  const { page, home } = opened
  const { record, blocksOf } = everyPassRun()
  // Made up, so it says so wherever it is pictured.
  await writeFixtureRun({ record: { ...record, simulated: true }, blocksOf }, join(home, 'every-pass'))
  await copyPublishedRun('h200-clip-vit-b32', join(home, 'h200'))
  await copyPublishedRun('h200-clip-vit-b32-passes', join(home, 'h200-passes'))
  await readyForCapture(opened.app, page)
  await openRunFolder(opened, join(home, 'every-pass'))
  await showConditions(page)
  await expect(page.getByText('shows differences from 2.4 %')).toBeVisible()
  await capture(page, 'results-passes')
  for (const view of views) {
    await chooseView(page, view)
    await expect(page.getByRole('tabpanel', { name: view, exact: true })).toContainText(/\d/)
    await capture(page, `results-${view.toLowerCase().replace(' ', '-')}`)
  }
  await expect(page.getByRole('tabpanel', { name: 'Serving' })).toContainText('not an MLPerf result')

  await openRunFolder(opened, join(home, 'h200'))
  await expect(page.getByRole('main', { name: 'Results' })).toContainText('CUDA graph FP16')
  await expect(page.getByText(/another machine|NVIDIA H200/).first()).toBeVisible()
  await capture(page, 'results-h200')
  await openRunFolder(opened, join(home, 'h200-passes'))
  await expect(page.getByRole('main', { name: 'Results' })).toContainText('ONNX Runtime')
  await capture(page, 'results-h200-passes')
  expect(opened.consoleLines).toEqual([])
})

test('passes are asked for by switches, and a run measures each, or says why it could not', async ({ standingApp }) => {
  const { app, page, consoleLines } = standingApp
  await readyForCapture(app, page)
  await show(page, '#/benchmark')
  for (const name of ['Cold start', 'Time split', 'Layers', 'Offline', 'Server', 'Limits']) {
    const pass = page.getByRole('switch', { name, exact: true })
    await pass.click()
    await expect(pass).toBeChecked()
  }
  await expect(page.getByRole('switch', { name: 'Energy', exact: true })).toBeDisabled()
  await page.getByText('not an MLPerf result').scrollIntoViewIfNeeded()
  await capture(page, 'benchmark-passes')

  const runId = await startRun(
    page,
    digitsPlan({
      candidates: [{ backend: 'onnxruntime-node', precision: 'fp32', options: {} }],
      passes: {
        coldStart: { launches: 5 },
        timeSplit: { queries: 20 },
        layers: { queries: 20 },
        offline: { images: 500 },
        server: { latencyBoundMs: 50, percentile: 90, ratePerSecond: 100, durationMs: 1000 },
        limits: true,
      },
    }),
  )
  const record = await untilEnded(page, runId)
  expect(record.state).toBe('completed')
  const [measured] = record.groups.flatMap(({ cases }) => cases)
  expect(measured?.coldStart).toMatchObject({ launches: { length: 5 } })
  expect(measured?.offline).toMatchObject({ images: expect.any(Number) })
  expect(measured?.server).toMatchObject({ trials: [{ ratePerSecond: 100 }] })
  // Without Python nothing counts the work of a model.
  expect(measured?.limits).toEqual({ notMeasured: expect.stringMatching(/\w{4}/) })
  await show(page, `#/results/${runId}`)
  for (const view of views) await chooseView(page, view)
  expect(consoleLines).toEqual([])
})

test('the noise floor is measured from Setup, shows how long it still takes, and stops when asked', async ({
  standingApp,
}) => {
  const { app, page, consoleLines } = standingApp
  await readyForCapture(app, page)
  await show(page, '#/setup')
  const panel = page.getByRole('region', { name: 'Noise floor' })
  const presets = panel.getByRole('list', { name: 'Noise floor by preset' }).getByRole('listitem')
  await expect(presets).toContainText([/quick.*not measured yet/, /standard.*not measured yet/, /rigorous/])
  await presets
    .first()
    .getByRole('button', { name: /^Measure/ })
    .click()
  await expect(panel.getByRole('status')).toContainText('comparison 1 of 40')
  await panel.getByRole('button', { name: 'Cancel measuring' }).click()
  await expect(panel.getByRole('status')).toContainText(/^Cancelled\./, { timeout: 30_000 })
  await expect(presets.first().getByRole('button', { name: /^Measure/ })).toBeVisible()
  expect(await request(page, 'noise-floor:list', {})).toEqual([])
  expect(consoleLines).toEqual([])
})
