// Takes pictures of a screen, dark and light, into the folder that ENGINEBENCH_SCREENSHOTS names; docs/screenshots is made
// this way. Without it the screen is still drawn in both, since drawing may break the page's policy.
import { join } from 'node:path'
import type { ElectronApplication, Page } from '@playwright/test'
import { expect, request } from './app.ts'

const folder = process.env.ENGINEBENCH_SCREENSHOTS

/** The window follows the system's theme from here on, and has the size of a picture. */
export async function readyForCapture(app: ElectronApplication, page: Page): Promise<void> {
  const settings = await request(page, 'settings:read', {})
  await request(page, 'settings:write', { ...settings, theme: 'system' })
  await resize(app, page, { width: 1440, height: 900 })
  await page.reload()
}

/** Waits until the page has the size too, or all of a smaller screen; the window's frame may round it. */
export async function resize(
  app: ElectronApplication,
  page: Page,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    { width, height },
  )
  const isWide = (wanted: number) => Math.abs(innerWidth - Math.min(wanted, screen.availWidth)) <= 2
  await expect.poll(() => page.evaluate(isWide, width), { message: 'the window has its size' }).toBe(true)
}

export async function capture(page: Page, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme)
    await page.evaluate(async () => {
      await document.fonts.ready
      // Two frames, so that charts that draw on a canvas have drawn.
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    })
    if (folder) await page.screenshot({ path: join(folder, `${name}-${theme}.png`) })
  }
}

export async function show(page: Page, hash: string): Promise<void> {
  await page.evaluate((target) => location.assign(target), hash)
}
