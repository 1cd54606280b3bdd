// The app in its real window with real services, in a data folder of its own that is deleted afterwards.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type ElectronApplication, _electron as electron, expect, type Page } from '@playwright/test'
import type { Answer, EnginebenchBridge, RequestName, RequestOf, ResponseOf } from '../../../shared/ipc/contract.ts'
import { requests } from '../../../shared/ipc/contract.ts'
import { processesOf, processesOfGroup } from './processes.ts'
import { applicationFolder, findElectron, runtimeEnvironment } from './runtime.ts'

export interface OpenedApp {
  /** The data folder. */
  readonly home: string
  readonly app: ElectronApplication
  readonly page: Page
  /** Everything that the page printed on its console. */
  readonly consoleLines: readonly string[]
}

interface Fixtures {
  /** The data folder. */
  readonly home: string
  /** @param environment is added to that of this process. */
  readonly openApp: (environment?: Readonly<Record<string, string>>) => Promise<OpenedApp>
  /**
   * One app that tests use one after the other, with its page reloaded and its data folder as earlier tests left it. For
   * tests that do not depend on that folder, or continue from it, and that do not end the app.
   */
  readonly standingApp: OpenedApp
}

interface WorkerFixtures {
  readonly standing: OpenedApp
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: the test runner reads the names from the pattern
  home: async ({}, use) => {
    const home = await mkdtemp(join(tmpdir(), 'enginebench-e2e-'))
    await use(home)
    await rm(home, { recursive: true, force: true })
  },
  openApp: async ({ home }, use, testInfo) => {
    const opened: OpenedApp[] = []
    const endings: (() => string)[] = []
    await use(async (environment) => {
      const next = await launch(home, environment)
      opened.push(next)
      endings.push(watchEnding(next.app))
      return next
    })
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('how each app ended', { body: endings.map((tell) => tell()).join('\n') })
    }
    for (const { app } of opened) await close(app)
    await expect.poll(() => processesOf(home), { message: 'no process outlives the app' }).toEqual([])
  },
  standing: [
    // biome-ignore lint/correctness/noEmptyPattern: the test runner reads the names from the pattern
    async ({}, use) => {
      const home = await mkdtemp(join(tmpdir(), 'enginebench-e2e-'))
      const opened = await launch(home)
      await use(opened)
      await close(opened.app)
      await expect.poll(() => processesOf(home), { message: 'no process outlives the app' }).toEqual([])
      await rm(home, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  standingApp: async ({ standing }, use) => {
    await standing.page.goto('app://enginebench/')
    await use(standing)
  },
})

export { expect }

/** For tests that take minutes: `npm run test:long`, and when screenshots are taken. */
export const isLong = Boolean(process.env.ENGINEBENCH_LONG || process.env.ENGINEBENCH_SCREENSHOTS)

/** Longer than any start that ends well, so that one that hangs does not use up its test's own limit. */
const launchLimitMs = 60_000

async function launch(home: string, environment: Readonly<Record<string, string>> = {}): Promise<OpenedApp> {
  const app = await electron.launch({
    executablePath: await findElectron(),
    args: [applicationFolder],
    timeout: launchLimitMs,
    env: { ...stringsOf(process.env), ...runtimeEnvironment, ...environment, ENGINEBENCH_HOME: home },
  })
  const consoleLines: string[] = []
  app.on('window', (page) => {
    page.on('console', (message) => consoleLines.push(message.text()))
    page.on('pageerror', (error) => consoleLines.push(`uncaught: ${error.message}`))
  })
  const page = await app.firstWindow()
  await page.waitForLoadState('load')
  return { home, app, page, consoleLines }
}

/** Longer than the app waits for its tasks when it quits. */
const closeLimitMs = 60_000

/** Fails, after it has killed the app, where the app does not end: one that hangs must not take the next tests with it. */
async function close(app: ElectronApplication): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<'hangs'>((resolve) => {
    timer = setTimeout(() => resolve('hangs'), closeLimitMs)
  })
  const closed = app.close().catch(() => undefined)
  const end = await Promise.race([closed, limit])
  clearTimeout(timer)
  if (end !== 'hangs') return
  const main = app.process()
  const group = await processesOfGroup(main.pid ?? 0)
  killGroup(main.pid)
  throw new Error(
    `the app did not end within ${closeLimitMs} ms; exit code ${main.exitCode}, signal ${main.signalCode}; what is left of its processes:\n${group.join('\n')}`,
  )
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL')
  } catch {
    // The whole group has ended already.
  }
}

/** Tells whether the app still runs, or its exit code, signal and last lines: a crash of the runtime leaves no other trace. */
function watchEnding(app: ElectronApplication): () => string {
  const main = app.process()
  let lastWords = ''
  main.stderr?.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-4000)
  })
  return () => `exit code ${main.exitCode}, signal ${main.signalCode}; the end of its stderr:\n${lastWords}`
}

declare const window: { readonly enginebench: EnginebenchBridge }

/** What the page itself could send. */
export function answerOf(page: Page, name: string, payload: unknown): Promise<Answer> {
  return page.evaluate(
    ([asked, sent]) => window.enginebench.request(asked as RequestName, sent as RequestOf<RequestName>),
    [name, payload] as const,
  )
}

/** As `answerOf`, for a request that must succeed. */
export async function request<Name extends RequestName>(
  page: Page,
  name: Name,
  payload: RequestOf<Name>,
): Promise<ResponseOf<Name>> {
  const answer = await answerOf(page, name, payload)
  if (!answer.ok) throw new Error(`${name}: ${answer.error.message} ${answer.error.cause ?? ''}`)
  return requests[name].response.parse(answer.value) as ResponseOf<Name>
}

/** The next dialogs answer with this folder or file, or as closed by the user. */
export async function answerFolderDialogs(app: ElectronApplication, folder: string | null): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () =>
      Promise.resolve({ canceled: chosen === null, filePaths: chosen === null ? [] : [chosen] })
  }, folder)
}

function stringsOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
