// Electron's rules of security, on the real window: its settings as Electron holds them, and what follows from them. The
// rules that security.test.ts attacks are there; docs/reference/hardening.md lists them all.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { contentSecurityPolicy } from '../../electron/content/content-policy.ts'
import { expect, request, test } from './harness/app.ts'
import { applicationFolder } from './harness/runtime.ts'

declare const window: Window & { readonly enginebench: { request(name: string, payload: object): Promise<unknown> } }

test('rule-01: every screen loads only from the app’s own scheme', async ({ standingApp: { page } }) => {
  const asked = new Set<string>()
  page.on('request', (sent) => asked.add(new URL(sent.url()).protocol))
  await page.reload()
  const links = page.getByRole('navigation', { name: 'Screens' }).getByRole('link')
  await links.first().waitFor()
  for (const link of await links.all()) {
    await link.click()
    await page.getByRole('main').waitFor()
  }
  expect([...asked].filter((protocol) => protocol !== 'data:')).toEqual(['app:'])
})

test('rule-02 rule-03 rule-04 rule-06 rule-08 rule-09 rule-10 rule-11 rule-12: the window’s settings are the closed ones', async ({
  standingApp: { app },
}) => {
  const settings = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map(({ webContents }) => {
      const held = webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
      const names = [
        ...['nodeIntegration', 'nodeIntegrationInWorker', 'nodeIntegrationInSubFrames', 'contextIsolation', 'sandbox'],
        ...['webSecurity', 'allowRunningInsecureContent', 'experimentalFeatures', 'enableBlinkFeatures', 'webviewTag'],
      ]
      const all = held.getLastWebPreferences()
      return Object.fromEntries(names.map((name) => [name, all[name] || false]))
    }),
  )
  expect(settings).toEqual([
    {
      ...{ nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false },
      ...{ contextIsolation: true, sandbox: true, webSecurity: true, allowRunningInsecureContent: false },
      ...{ experimentalFeatures: false, enableBlinkFeatures: false, webviewTag: false },
    },
  ])
})

test('rule-03: what the page makes of its own built-in functions does not reach the bridge', async ({
  standingApp: { page },
}) => {
  const answer = await page.evaluate(async () => {
    const own = { stringify: JSON.stringify, get: Map.prototype.get }
    JSON.stringify = () => '{"theme":"hijacked"}'
    Map.prototype.get = () => undefined
    try {
      return await window.enginebench.request('settings:read', {})
    } finally {
      JSON.stringify = own.stringify
      Map.prototype.get = own.get
    }
  })
  expect(answer).toMatchObject({ ok: true, value: { theme: expect.stringMatching(/^(system|dark|light)$/) } })
})

test('rule-06 rule-08: content of other origins is refused, secure or not', async ({ standingApp: { page } }) => {
  const loads = await page.evaluate(async () => {
    const load = (source: string) =>
      new Promise((resolve) => {
        const script = document.createElement('script')
        script.onload = () => resolve('loaded')
        script.onerror = () => resolve('refused')
        script.src = source
        document.body.append(script)
      })
    return Promise.all(['http://127.0.0.1:9/', 'https://127.0.0.1:9/', 'file:///etc/hosts', 'app://other/'].map(load))
  })
  expect(loads).toEqual(['refused', 'refused', 'refused', 'refused'])
})

test('rule-07: the page and its files come with the policy', async ({ standingApp: { page } }) => {
  const policy = (await page.goto('app://enginebench/'))?.headers()['content-security-policy'] ?? ''
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? ''
  expect(nonce).toMatch(/^[\w+/]{22}==$/)
  expect(policy).toBe(contentSecurityPolicy({ nonce }))
})

test('rule-11 rule-12: a webview in the page is an element like any other', async ({ standingApp: { app, page } }) => {
  const kinds = await page.evaluate(() => {
    const view = document.createElement('webview') as HTMLElement & { readonly loadURL?: unknown }
    view.setAttribute('src', 'https://example.org/')
    view.setAttribute('allowpopups', '')
    view.setAttribute('nodeintegration', '')
    document.body.append(view)
    return [view.constructor.name, typeof view.loadURL]
  })
  expect(kinds).toEqual(['HTMLElement', 'undefined'])
  await request(page, 'app:describe', {})
  expect(await app.evaluate(({ webContents }) => webContents.getAllWebContents().length)).toBe(1)
})

test('rule-15: no link opens another program', async ({ standingApp: { app, page } }) => {
  await app.evaluate(({ shell }) => {
    const opened: string[] = []
    Object.assign(globalThis, { opened })
    shell.openExternal = async (url) => void opened.push(url)
    shell.openPath = async (path) => String(opened.push(path))
  })
  await page.evaluate(() => {
    for (const address of [
      'https://example.org/',
      'mailto:a@example.org',
      'file:///etc/passwd',
      'javascript:alert(1)',
    ]) {
      for (const target of ['_self', '_blank']) {
        const link = document.createElement('a')
        Object.assign(link, { href: address, target })
        document.body.append(link)
        link.click()
        link.dispatchEvent(new MouseEvent('auxclick', { button: 1, bubbles: true }))
      }
    }
  })
  await request(page, 'app:describe', {})
  expect(await app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened)).toEqual([])
})

test('rule-16: the window runs the Electron that the package names, or says that it does not', async ({
  standingApp: { page },
}) => {
  const { electron, runtimeNotice } = await request(page, 'app:describe', {})
  const { devDependencies } = JSON.parse(await readFile(join(applicationFolder, 'package.json'), 'utf8'))
  if (electron !== devDependencies.electron) expect(runtimeNotice).toMatch(/unsupported/)
  else expect(runtimeNotice).toBeNull()
})
