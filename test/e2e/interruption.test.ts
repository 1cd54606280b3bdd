// The app loses its page, is closed or is killed while something is being measured. Finished rounds are kept, nothing
// is left running, and the next start tells the truth.
import type { ChildProcess } from 'node:child_process'
import type { ElectronApplication } from '@playwright/test'
import { expect, request, test } from './harness/app.ts'
import { digitsPlan, simulatedPlan, startRun, untilEnded, untilRounds } from './harness/plans.ts'
import { processesOf, workersOf } from './harness/processes.ts'

const workersEndWithinMs = 3000
const quitLimitMs = 10_000

test('fault-10: a page that crashes is loaded again and takes the run up where it is', async ({ openApp }) => {
  const { app, page } = await openApp()
  const runId = await startRun(page, simulatedPlan())
  await untilRounds(page, runId, 1)
  await crashPage(app)
  await expect.poll(() => textOfPage(app), { timeout: 20_000 }).toMatch(/round \d+ of \d+/)
  await expect.poll(() => askFromPage(app, runId), { timeout: 60_000 }).toBe('completed')
})

test('fault-10: a page that is reloaded shows the run that goes on', async ({ openApp }) => {
  const { page } = await openApp()
  const runId = await startRun(page, simulatedPlan())
  await untilRounds(page, runId, 1)
  await page.reload()
  await expect(page.getByText(/round \d+ of \d+/)).toBeVisible()
  expect((await untilEnded(page, runId)).state).toBe('completed')
})

test('fault-09: the app is killed; its workers end, and the next start calls the run interrupted', async ({
  openApp,
  home,
}) => {
  const { app, page } = await openApp()
  const runId = await startRun(page, oneCase())
  await untilRounds(page, runId, 2)
  expect((await workersOf(home)).length).toBeGreaterThan(0)
  app.process().kill('SIGKILL')
  await expect.poll(() => processesOf(home), { timeout: workersEndWithinMs }).toEqual([])

  const next = await openApp()
  const record = await request(next.page, 'run:open', { runId })
  expect(record.state).toBe('interrupted')
  const { blocks } = await request(next.page, 'run:samples', {
    runId,
    groupKey: 'digits-b1',
    caseKey: 'onnxruntime-node-fp32',
  })
  expect(blocks.length).toBeGreaterThanOrEqual(2)
  expect(await request(next.page, 'run:current', {})).toBeNull()
})

test('the window is closed mid-run; the app waits for its workers, keeps the rounds and ends', async ({
  openApp,
  home,
}) => {
  const { app, page } = await openApp()
  const runId = await startRun(page, oneCase())
  await untilRounds(page, runId, 2)
  await app.evaluate(({ BrowserWindow }) => {
    setTimeout(() => BrowserWindow.getAllWindows()[0]?.close())
  })
  const { exitCode } = await untilEndedApp(app, home)
  expect(exitCode).toBe(0)

  const next = await openApp()
  const record = await request(next.page, 'run:open', { runId })
  expect(['cancelled', 'interrupted']).toContain(record.state)
  expect(await request(next.page, 'run:list', {})).toEqual([expect.objectContaining({ runId, state: record.state })])
})

test('the app is asked to end by a signal mid-run; nothing is left running', async ({ openApp, home }) => {
  const { app, page } = await openApp()
  await untilRounds(page, await startRun(page, oneCase()), 1)
  app.process().kill('SIGTERM')
  await untilEndedApp(app, home)
})

test('a run that is cancelled keeps its rounds and leaves no worker', async ({ openApp, home }) => {
  const { page } = await openApp()
  const runId = await startRun(page, oneCase())
  await untilRounds(page, runId, 2)
  await request(page, 'run:cancel', { runId })
  const record = await untilEnded(page, runId)
  expect(record.state).toBe('cancelled')
  await expect.poll(() => workersOf(home)).toEqual([])
  const { blocks } = await request(page, 'run:samples', {
    runId,
    groupKey: 'digits-b1',
    caseKey: 'onnxruntime-node-fp32',
  })
  expect(blocks.length).toBeGreaterThanOrEqual(2)
})

/** Soon in its rounds: the fewer cases, the fewer to load and warm up. */
function oneCase() {
  return digitsPlan({ candidates: [{ backend: 'onnxruntime-node', precision: 'fp32', options: {} }] })
}

/** The test's own debugger keeps the process a little longer than its workers: it is let go of when they are gone. */
async function untilEndedApp(app: ElectronApplication, home: string): Promise<ChildProcess> {
  const main = app.process()
  await expect.poll(() => workersOf(home), { timeout: quitLimitMs }).toEqual([])
  await app.close()
  await expect.poll(() => processesOf(home), { timeout: workersEndWithinMs }).toEqual([])
  return main
}

/** Resolves when the page is back. */
function crashPage(app: ElectronApplication): Promise<void> {
  return app.evaluate(
    ({ BrowserWindow }) =>
      new Promise<void>((resolve) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents
        contents?.once('did-finish-load', () => resolve())
        contents?.forcefullyCrashRenderer()
      }),
  )
}

/** A page that crashed once is out of the test runner's reach; the app itself can still look at it. */
function textOfPage(app: ElectronApplication): Promise<string> {
  return app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.body.innerText'),
  )
}

function askFromPage(app: ElectronApplication, runId: string): Promise<string> {
  return app.evaluate(
    ({ BrowserWindow }, id) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
        `window.enginebench.request('run:open', { runId: '${id}' }).then((answer) => answer.value?.state)`,
      ),
    runId,
  )
}
