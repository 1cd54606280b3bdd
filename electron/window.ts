// The only window: sandboxed, without Node, in a session that keeps nothing on disk. Shows only the app's own page:
// every other navigation, window, frame, permission and request is denied. Its timers may be throttled while it is
// hidden, so that drawing never takes processor time from a measurement.
import { BrowserWindow, Menu, protocol, type Session, session, type WebContents } from 'electron'
import { appOrigin, appScheme, type PageResponder } from './content/page-responder.ts'

/** Must be called before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: false } },
  ])
}

export interface WindowOptions {
  readonly preloadFile: string
  readonly respond: PageResponder
  readonly dark: boolean
}

export function openWindow({ preloadFile, respond, dark }: WindowOptions): BrowserWindow {
  Menu.setApplicationMenu(null)
  const pageSession = closedSession('enginebench')
  if (!pageSession.protocol.isProtocolHandled(appScheme)) pageSession.protocol.handle(appScheme, respond)
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 640,
    show: false,
    title: 'Enginebench',
    backgroundColor: dark ? '#0e1013' : '#fbfbfa',
    autoHideMenuBar: true,
    webPreferences: {
      preload: preloadFile,
      session: pageSession,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      disableBlinkFeatures: 'Auxclick',
    },
  })
  window.once('ready-to-show', () => window.show())
  keepInside(window.webContents)
  returnHome(window.webContents)
  reloadAfterCrash(window.webContents)
  void window.loadURL(`${appOrigin}/`)
  return window
}

/** On a second start, the existing window comes to the front. */
export function showAgain(window: BrowserWindow | null): void {
  if (!window || window.isDestroyed()) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** In memory only; no permission is granted, and only the app's own scheme is fetched. */
export function closedSession(name: string): Session {
  const closed = session.fromPartition(name, { cache: false })
  closed.setPermissionRequestHandler((_contents, _permission, decide) => decide(false))
  closed.setPermissionCheckHandler(() => false)
  closed.setDevicePermissionHandler(() => false)
  closed.setSpellCheckerLanguages([])
  closed.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !isLocal(url) }))
  closed.on('will-download', (event) => event.preventDefault())
  return closed
}

const crashBudget = { count: 3, perMs: 60_000 }

/** Running work continues without the page; a fresh page asks for it. A page that crashes at once is not reloaded. */
function reloadAfterCrash(contents: WebContents): void {
  let crashedAtMs: readonly number[] = []
  contents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return
    const nowMs = performance.now()
    crashedAtMs = [...crashedAtMs.filter((atMs) => nowMs - atMs < crashBudget.perMs), nowMs]
    if (crashedAtMs.length <= crashBudget.count) contents.reload()
  })
}

const abortedCode = -3

/** No event announces the way to an empty page (`about:blank`) or to none: whoever has gone there is brought back. */
function returnHome(contents: WebContents): void {
  const home = () => void contents.loadURL(`${appOrigin}/`)
  contents.on('did-navigate', (_event, url) => {
    if (!isOwnPage(url)) home()
  })
  contents.on('did-fail-load', (_event, code, _description, url, isMainFrame) => {
    if (isMainFrame && code !== abortedCode && !isOwnPage(url)) home()
  })
}

/** Denies every way to leave the loaded page that is announced, and all network of its own (WebRTC). */
export function keepInside(contents: WebContents): void {
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-navigate', (event) => event.preventDefault())
  contents.on('will-frame-navigate', (event) => event.preventDefault())
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
}

function isOwnPage(url: string): boolean {
  return url.startsWith(`${appOrigin}/`)
}

function isLocal(url: string): boolean {
  return url.startsWith(`${appScheme}://`) || url.startsWith('data:') || url.startsWith('devtools:')
}
