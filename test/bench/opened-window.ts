// An Electron window driven by Playwright, timed from the start of its process, and closed again.
import { type ElectronApplication, _electron as electron, type Page } from '@playwright/test'

export interface OpenedWindow {
  readonly app: ElectronApplication
  readonly page: Page
  /** From just before the process was started until the page's navigation was there to be used. */
  readonly readyMs: number
}

export async function openWindow(
  executablePath: string,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<OpenedWindow> {
  const startedAt = performance.now()
  const inherited = Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  const app = await electron.launch({
    executablePath,
    args: [folder],
    env: { ...Object.fromEntries(inherited), ...environment },
  })
  const page = await app.firstWindow()
  await page.locator('nav').first().waitFor()
  return { app, page, readyMs: performance.now() - startedAt }
}
