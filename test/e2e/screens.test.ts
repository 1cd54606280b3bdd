// Every screen in its states, dark and light, without one complaint from the page's policy.
import { expect, isLong, request, test } from './harness/app.ts'
import { capture, readyForCapture, show } from './harness/capture.ts'
import { digitsPlan, simulatedPlan, startRun, untilEnded, untilRounds } from './harness/plans.ts'

test('every screen that shows no measurement is drawn dark and light within the policy', async ({ openApp }) => {
  test.setTimeout(180_000)
  const { app, page, consoleLines } = await openApp()
  await readyForCapture(app, page)

  await show(page, '#/runs')
  await capture(page, 'runs-empty')
  await show(page, '#/report')
  await capture(page, 'report-empty')
  await show(page, '#/setup')
  await expect(page.getByRole('row', { name: 'Ultralytics', exact: true })).toContainText('Not ready')
  await capture(page, 'setup')
  await page.getByRole('button', { name: 'Read licence' }).click()
  await expect(page.getByRole('region', { name: 'Licence text' })).toContainText('GNU AFFERO')
  await capture(page, 'setup-licence')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Create environment' }).first().click()
  const install = page.getByRole('dialog')
  await expect(install.getByText('asking', { exact: true })).toBeHidden({ timeout: 90_000 })
  await capture(page, 'setup-install')
  await page.keyboard.press('Escape')
  await expect(install).toBeHidden()
  await show(page, '#/results')
  await expect(page.getByRole('heading', { name: 'Nothing measured yet' })).toBeVisible()
  await expect(page.getByText('checking the backends')).toBeHidden()
  await capture(page, 'results-empty')
  await show(page, '#/models')
  await expect(page.getByRole('heading', { name: 'Nothing converted yet' })).toBeVisible()
  await expect(page.getByText('needs the Python environment').first()).toBeVisible()
  await capture(page, 'models-without-python')
  await show(page, '#/benchmark')
  await expect(page.getByRole('button', { name: 'Run the demonstration' })).toBeEnabled()
  await capture(page, 'benchmark-plan')
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog')).toBeVisible()
  await capture(page, 'palette')
  await page.keyboard.press('Escape')
  expect(consoleLines).toEqual([])
})

test('the screens of runs are drawn dark and light within the policy', async ({ openApp }) => {
  test.skip(!isLong, 'takes minutes: npm run test:long')
  test.setTimeout(600_000)
  const { app, page, consoleLines } = await openApp()
  await readyForCapture(app, page)
  const simulated = await startRun(page, busyPlan())
  await show(page, '#/benchmark')
  await untilRounds(page, simulated, 7)
  await capture(page, 'benchmark-running-simulated')
  await request(page, 'run:cancel', { runId: simulated })
  await untilEnded(page, simulated)
  await show(page, `#/results/${simulated}`)
  await expect(page.getByText('The run was cancelled')).toBeVisible()
  await capture(page, 'results-cancelled-simulated')

  const faulty = await startRun(page, faultyPlan())
  await untilEnded(page, faulty)
  await show(page, `#/results/${faulty}`)
  await expect(page.getByText('speedup refused')).toBeVisible()
  await capture(page, 'results-fault-simulated')

  const measured = await startRun(page, demonstration())
  // A minute for each batch size, and the memory pass.
  await untilEnded(page, measured, 240_000)
  await show(page, `#/results/${measured}`)
  await expect(page.getByText(/reaches [\d,]+ at batch/)).toBeVisible()
  await capture(page, 'results')
  await show(page, `#/report/${measured}`)
  await expect(page.getByRole('article')).toContainText('Digits')
  await capture(page, 'report')
  await show(page, '#/runs')
  await expect(page.getByRole('row')).toHaveCount(4)
  await capture(page, 'runs')

  expect(consoleLines).toEqual([])
})

function demonstration() {
  return digitsPlan({
    candidates: (['fp32', 'fp16', 'int8'] as const).map((precision) => ({
      backend: 'onnxruntime-node',
      precision,
      options: {},
    })),
    batchSizes: [1, 8],
    imageLimit: 4096,
  })
}

function busyPlan() {
  const options = (medianMs: number) => ({ medianMs, spread: 0.05, pace: 1 })
  return simulatedPlan({
    candidates: [
      { backend: 'simulated', precision: 'fp32', options: options(14) },
      { backend: 'simulated', precision: 'fp16', options: options(8) },
      { backend: 'simulated', precision: 'int8', options: options(5) },
    ],
  })
}

/** One case whose worker dies in the middle, one that never gets steady. */
function faultyPlan() {
  return simulatedPlan({
    candidates: [
      { backend: 'simulated', precision: 'fp32', options: { medianMs: 14 } },
      {
        backend: 'simulated',
        precision: 'fp16',
        options: { medianMs: 8, fault: { stage: 'measure', afterBlocks: 5 } },
      },
      { backend: 'simulated', precision: 'int8', options: { medianMs: 5, steady: false } },
    ],
  })
}
