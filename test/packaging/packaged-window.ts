// A packaged app with its window on some display. The inspect fuse is off, so its page is reached by its own debugging
// port, which an environment variable opens, and not through the main process.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Writable } from 'node:stream'
import { type Browser, chromium, type Page } from '@playwright/test'
import type { Answer, EnginebenchBridge, RequestName, RequestOf, ResponseOf } from '../../shared/ipc/contract.ts'
import { requests } from '../../shared/ipc/contract.ts'

export interface StartedApp {
  readonly process: ChildProcess
  /** The address at which it can be debugged; rejects when the app has ended. */
  readonly debuggingAddress: Promise<string>
  /** What it wrote to stderr so far. */
  told(): string
  /** Asks over the pipe that `--remote-debugging-pipe` opens. */
  askOverPipe(message: object): void
  /** What came back over that pipe so far. */
  pipeAnswers(): string
  end(): Promise<void>
}

/** @param words the program and its words; @param environment instead of this process's. */
export function startPackagedApp(words: readonly string[], environment: NodeJS.ProcessEnv): StartedApp {
  const [command = '', ...rest] = environment.DISPLAY ? words : ['xvfb-run', '-a', ...words]
  const stdio: StdioOptions = ['ignore', 'ignore', 'pipe', 'pipe', 'pipe']
  const child = spawn(command, rest, { env: environment, stdio, detached: true })
  const { 2: errors, 3: toApp, 4: fromApp } = child.stdio
  let text = ''
  let answers = ''
  fromApp?.on('data', (chunk) => {
    answers += chunk
  })
  toApp?.on('error', () => undefined)
  const debuggingAddress = new Promise<string>((resolve, reject) => {
    errors?.on('data', (chunk) => {
      text += chunk
      const found = /DevTools listening on (ws:\/\/\S+)/.exec(text)
      if (found?.[1]) resolve(found[1])
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the app ended with ${code}: ${text.slice(-2000)}`)))
  })
  debuggingAddress.catch(() => undefined)
  return {
    process: child,
    debuggingAddress,
    told: () => text,
    askOverPipe(message) {
      if (toApp instanceof Writable) toApp.write(`${JSON.stringify(message)}\0`)
    },
    pipeAnswers: () => answers,
    async end() {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      process.kill(-child.pid, 'SIGKILL')
      await ended
    },
  }
}

export async function firstPage(app: StartedApp): Promise<{ readonly browser: Browser; readonly page: Page }> {
  const browser = await chromium.connectOverCDP(await app.debuggingAddress)
  const [context] = browser.contexts()
  const page = context?.pages()[0] ?? (await context?.waitForEvent('page'))
  if (!page) throw new Error('The app has no page.')
  await page.waitForFunction(() => 'enginebench' in window)
  return { browser, page }
}

declare const window: { readonly enginebench: EnginebenchBridge }

/** What the page is answered; throws where the request fails. */
export async function answerTo<Name extends RequestName>(
  page: Page,
  name: Name,
  payload: RequestOf<Name>,
): Promise<ResponseOf<Name>> {
  const answer: Answer = await page.evaluate(
    ([asked, sent]) => window.enginebench.request(asked as RequestName, sent as RequestOf<RequestName>),
    [name, payload as unknown] as const,
  )
  if (!answer.ok) throw new Error(`${name}: ${answer.error.message}`)
  return requests[name].response.parse(answer.value) as ResponseOf<Name>
}
