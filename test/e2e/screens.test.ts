// Every screen in its states, dark and light, without one complaint from the page's policy. With
// ENGINEBENCH_SCREENSHOTS naming a folder, their pictures go there (docs/screenshots is made so).
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, request, test } from './harness/app.ts'
import { digitsPlan, simulatedPlan, startRun, untilEnded, untilRounds } from './harness/plans.ts'

const folder = process.env.ENGINEBENCH_SCREENSHOTS
const themes = ['dark', 'light'] as const
type Theme = (typeof themes)[number]

for (const theme of themes) {
  test(`every screen in ${theme} stays within the policy`, async ({ openApp }) => {
    test.setTimeout(300_000)
    const { app, page, consoleLines } = await openApp()
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1440, 900))
    await setTheme(page, theme)

    await show(page, '#/results')
    await capture(page, 'results-empty', theme)
    await show(page, '#/runs')
    await capture(page, 'runs-empty', theme)
    await show(page, '#/report')
    await capture(page, 'report-empty', theme)
    await show(page, '#/setup')
    await expect(page.getByRole('row', { name: 'Ultralytics', exact: true })).toContainText(/\w{5}/)
    await capture(page, 'setup', theme)
    await page.getByRole('button', { name: 'Read licence' }).click()
    await expect(page.getByRole('region', { name: 'Licence text' })).toContainText('GNU AFFERO')
    await capture(page, 'setup-licence', theme)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Create environment' }).first().click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await capture(page, 'setup-install', theme)
    await page.keyboard.press('Escape')
    await show(page, '#/models')
    await capture(page, 'models', theme)
    await show(page, '#/benchmark')
    await expect(page.getByRole('button', { name: 'Run the demonstration' })).toBeEnabled()
    await capture(page, 'benchmark-plan', theme)
    await page.keyboard.press('Control+k')
    await expect(page.getByRole('dialog')).toBeVisible()
    await capture(page, 'palette', theme)
    await page.keyboard.press('Escape')

    const simulated = await startRun(page, busyPlan())
    await untilRounds(page, simulated, 4)
    await show(page, '#/benchmark')
    await capture(page, 'benchmark-running-simulated', theme)
    await request(page, 'run:cancel', { runId: simulated })
    await untilEnded(page, simulated)
    await show(page, `#/results/${simulated}`)
    await capture(page, 'results-cancelled-simulated', theme)

    const faulty = await startRun(page, faultyPlan())
    await untilEnded(page, faulty)
    await show(page, `#/results/${faulty}`)
    await capture(page, 'results-fault-simulated', theme)

    const measured = await startRun(page, demonstration())
    await untilEnded(page, measured)
    await show(page, `#/results/${measured}`)
    await expect(page.getByRole('main', { name: 'Results' })).toBeVisible()
    await capture(page, 'results', theme)
    await capture(page, 'results-whole', theme, true)
    await show(page, `#/report/${measured}`)
    await expect(page.getByRole('article')).toContainText('Digits')
    await capture(page, 'report', theme)
    await show(page, '#/runs')
    await capture(page, 'runs', theme)

    expect(consoleLines).toEqual([])
  })
}

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

async function setTheme(page: Page, theme: Theme): Promise<void> {
  await show(page, '#/setup')
  await page.getByRole('button', { name: theme === 'dark' ? 'Dark' : 'Light', exact: true }).click()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme)
}

async function show(page: Page, hash: string): Promise<void> {
  await page.evaluate((target) => location.assign(target), hash)
}

async function capture(page: Page, name: string, theme: Theme, whole = false): Promise<void> {
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  // Two frames, so that charts that draw on a canvas have drawn.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  if (folder) await page.screenshot({ path: join(folder, `${name}-${theme}.png`), fullPage: whole })
}
