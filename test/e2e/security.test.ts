// Attempts to get out of the window, or in through it. Each is made from the real page in the real app.

import { spawn } from 'node:child_process'
import { answerOf, expect, request, test } from './harness/app.ts'
import { applicationFolder, findElectron, runtimeEnvironment } from './harness/runtime.ts'

interface PageGlobals {
  readonly require?: unknown
  readonly process?: unknown
  readonly module?: unknown
  readonly Buffer?: unknown
  readonly enginebench: object
  inlineRan?: boolean
}
declare const window: PageGlobals & Window

test('rule-02 rule-20: the page has no Node, and nothing of the bridge but three functions', async ({
  standingApp,
}) => {
  const { page } = standingApp
  expect(
    await page.evaluate(() => ({
      node: [typeof window.require, typeof window.process, typeof window.module, typeof window.Buffer],
      bridge: Object.keys(window.enginebench),
    })),
  ).toEqual({
    node: ['undefined', 'undefined', 'undefined', 'undefined'],
    bridge: ['request', 'openDropped', 'subscribe'],
  })
})

test('rule-03: the bridge cannot be replaced or reach another channel', async ({ standingApp }) => {
  const { page } = standingApp
  expect(await page.evaluate(() => Reflect.defineProperty(window, 'enginebench', { value: 1 }))).toBe(false)
  const failed = await answerOf(page, 'ELECTRON_BROWSER_REQUIRE', {}).catch((error: Error) => error.message)
  expect(failed).toContain('unknown name')
})

test('fault-37: the page cannot say that a path was dropped on it, nor drop a file that it made', async ({
  standingApp,
}) => {
  const { page } = standingApp
  const named = await answerOf(page, 'model:open-dropped', { file: '/etc/passwd' }).catch(
    (error: Error) => error.message,
  )
  expect(named).toContain('unknown name')
  const made = await page.evaluate(() => {
    const { openDropped } = window.enginebench as { openDropped(file: File): Promise<unknown> }
    return openDropped(new File(['anything'], 'model.onnx'))
  })
  expect(made).toMatchObject({ ok: false, error: { code: 'bad-model-file' } })
})

test('fault-37: bad payloads are refused, and the app goes on', async ({ standingApp }) => {
  const { page } = standingApp
  const refused = { ok: false, error: { code: 'bad-usage' } }
  expect(await answerOf(page, 'run:open', { runId: '../../etc/passwd' })).toMatchObject(refused)
  expect(await answerOf(page, 'run:nothing', {})).toMatchObject(refused)
  expect(await answerOf(page, 'settings:write', { theme: '<script>', lastPlan: null })).toMatchObject(refused)
  expect(await request(page, 'app:describe', {})).toMatchObject({ version: expect.any(String) })
})

test('fault-37: a payload of 100 MB is refused, and the app goes on', async ({ standingApp }) => {
  const { page } = standingApp
  const answer = await page.evaluate(() => {
    const { request } = window.enginebench as { request(name: string, payload: unknown): Promise<unknown> }
    return request('settings:read', { filler: 'a'.repeat(100_000_000) })
  })
  expect(answer).toMatchObject({ ok: false, error: { code: 'bad-usage' } })
  expect(await request(page, 'settings:read', {})).toMatchObject({ theme: expect.any(String) })
})

test('fault-37: a frame inside the page gets no content and no bridge', async ({ standingApp }) => {
  const { page } = standingApp
  const bridge = await page.evaluate(async () => {
    const frame = document.createElement('iframe')
    frame.src = `${location.origin}/`
    document.body.append(frame)
    await new Promise((resolve) => {
      frame.onload = resolve
      setTimeout(resolve, 2000)
    })
    try {
      return typeof (frame.contentWindow as unknown as PageGlobals | null)?.enginebench
    } catch {
      return 'out of reach'
    }
  })
  expect(['undefined', 'out of reach']).toContain(bridge)
})

test('fault-37 rule-17: a page of another origin is not answered even with the bridge in its hands', async ({
  standingApp,
}) => {
  const { app } = standingApp
  const answer = await app.evaluate(async ({ BrowserWindow, session }, preload) => {
    const foreign = new BrowserWindow({
      show: false,
      webPreferences: { preload, sandbox: true, contextIsolation: true, session: session.fromPartition('foreign') },
    })
    await foreign.loadURL('data:text/html,<h1>foreign</h1>')
    const answered = await foreign.webContents.executeJavaScript("window.enginebench.request('app:describe', {})")
    foreign.destroy()
    return answered
  }, `${applicationFolder}/out/preload/preload.cjs`)
  expect(answer).toMatchObject({ ok: false, error: { code: 'bad-usage' } })
})

test('fault-38 rule-13 rule-14: the page cannot navigate away or open a window', async ({ standingApp }) => {
  const { app, page } = standingApp
  const before = page.url()
  const opened = await page.evaluate(() => {
    const first = window.open('https://example.org/') === null
    const second = window.open('app://enginebench/', '_blank') === null
    const link = document.createElement('a')
    link.href = 'https://example.org/'
    link.target = '_blank'
    document.body.append(link)
    link.click()
    return [first, second]
  })
  expect(opened).toEqual([true, true])
  for (const address of ['https://example.org/', 'file:///etc/passwd', 'app://print/', 'data:text/html,<h1>x</h1>']) {
    await page.evaluate((target) => location.assign(target), address).catch(() => undefined)
  }
  await page.evaluate(() => {
    const form = document.createElement('form')
    form.action = 'https://example.org/'
    document.body.append(form)
    form.submit()
  })
  await request(page, 'app:describe', {})
  expect(page.url().split('#')[0]).toBe(before.split('#')[0])
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})

test('fault-38: a page that goes to an empty one is brought back', async ({ standingApp }) => {
  const { app, page } = standingApp
  const url = () =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL().split('#')[0])
  const before = await url()
  for (const address of ['about:blank', 'about:srcdoc']) {
    await page.evaluate((target) => location.assign(target), address).catch(() => undefined)
    await expect.poll(url).toBe(before)
    await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible()
  }
})

test('fault-38: the page finds no way to the network for calls either', async ({ standingApp }) => {
  const { page } = standingApp
  const candidates = await page.evaluate(async () => {
    const connection = new RTCPeerConnection()
    connection.createDataChannel('any')
    const found: string[] = []
    const gathered = new Promise<void>((resolve) => {
      connection.onicecandidate = ({ candidate }) => {
        if (candidate === null) resolve()
        else if (candidate.candidate !== '') found.push(candidate.candidate)
      }
    })
    await connection.setLocalDescription(await connection.createOffer())
    await Promise.race([gathered, new Promise((resolve) => setTimeout(resolve, 5000))])
    connection.close()
    return found
  })
  expect(candidates).toEqual([])
})

test('fault-38 rule-05: every permission is denied, asked for or looked up', async ({ standingApp }) => {
  const { page } = standingApp
  const outcomes = await page.evaluate(async () => {
    const place = await new Promise((resolve) => {
      navigator.geolocation.getCurrentPosition(
        () => resolve('granted'),
        (error) => resolve(error.code === error.PERMISSION_DENIED ? 'denied' : error.message),
      )
    })
    const queried = await navigator.permissions.query({ name: 'notifications' })
    return { place, notify: await Notification.requestPermission(), queried: queried.state }
  })
  expect(outcomes).toEqual({ place: 'denied', notify: 'denied', queried: 'denied' })
})

test('rule-07: the policy stops inline script, eval, inline style and the network', async ({ standingApp }) => {
  const { page } = standingApp
  const outcome = await page.evaluate(async () => {
    const script = document.createElement('script')
    script.textContent = 'window.inlineRan = true'
    document.body.append(script)
    const holder = document.createElement('div')
    holder.innerHTML = '<img src="x" onerror="window.inlineRan = true"><style>body { opacity: 0.5 }</style>'
    document.body.append(holder)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const evaluated = (() => {
      try {
        return new Function('return 1')()
      } catch (error) {
        return (error as Error).name
      }
    })()
    const fetched = await fetch('https://example.org/').then(
      () => 'fetched',
      () => 'refused',
    )
    return { inline: window.inlineRan ?? false, evaluated, opacity: getComputedStyle(document.body).opacity, fetched }
  })
  expect(outcome).toEqual({ inline: false, evaluated: 'EvalError', opacity: '1', fetched: 'refused' })
})

test('rule-18: no file outside the page can be read through its scheme', async ({ standingApp }) => {
  const { page } = standingApp
  const loads = await page.evaluate(async () => {
    const load = (source: string) =>
      new Promise((resolve) => {
        const picture = new Image()
        picture.onload = () => resolve('loaded')
        picture.onerror = () => resolve('refused')
        picture.src = source
      })
    return Promise.all([
      load('/models/digits/test-thumbnails.png'),
      load('/models/%2e%2e/docs/screenshots/setup-dark.png'),
      load('/models/../../../../usr/share/pixmaps/debian-logo.png'),
      load('file:///usr/share/pixmaps/debian-logo.png'),
    ])
  })
  expect(loads).toEqual(['loaded', 'refused', 'refused', 'refused'])
})

test('fault-36: a second start in the same data folder gives way to the first', async ({ openApp, home }) => {
  const { app } = await openApp()
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
  const second = spawn(await findElectron(), [applicationFolder], {
    stdio: 'ignore',
    env: { ...process.env, ...runtimeEnvironment, ENGINEBENCH_HOME: home },
  })
  expect(await new Promise((resolve) => second.once('exit', resolve))).toBe(0)
  await expect
    .poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible())))
    .toEqual([true])
})

test('the session keeps nothing on disk and the window has no menu', async ({ standingApp }) => {
  const { app } = standingApp
  expect(
    await app.evaluate(({ BrowserWindow, Menu }) => ({
      stored: BrowserWindow.getAllWindows().map((window) => window.webContents.session.storagePath),
      menu: Menu.getApplicationMenu(),
    })),
  ).toEqual({ stored: [null], menu: null })
})
