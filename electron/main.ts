// Puts the app together: services, window, requests. No logic of its own.
import { join } from 'node:path'
import { app, type BrowserWindow, ipcMain, nativeTheme, powerSaveBlocker } from 'electron'
import { createServices, prepareDataFolder } from './compose.ts'
import { createPageResponder } from './content/page-responder.ts'
import { pageExtensions, pictureExtensions } from './content/served-file.ts'
import { createAllowedPaths } from './ipc/allowed-paths.ts'
import { createBroadcast } from './ipc/broadcast.ts'
import { eventChannel } from './ipc/channels.ts'
import { relayConversions } from './ipc/conversion-relay.ts'
import { createDialogs } from './ipc/dialogs.ts'
import type { HandlerContext } from './ipc/handler-context.ts'
import { createHandlers } from './ipc/handlers/index.ts'
import { createQuitTasks, endBeforeQuit } from './ipc/quit-tasks.ts'
import { serveRequests } from './ipc/router.ts'
import { tellRecovered, watchRuns } from './ipc/run-watch.ts'
import { createUndos } from './ipc/undos.ts'
import { pdfCommandOf } from './report/pdf-command.ts'
import { printAndExit } from './report/pdf-process.ts'
import { createPdfRenderer } from './report/pdf-renderer.ts'
import { closeChromium } from './system/chromium-switches.ts'
import { createLog } from './system/log.ts'
import { pathsIn } from './system/paths.ts'
import { spawnUtilityWorker } from './system/utility-worker.ts'
import { openWindow, registerAppScheme, showAgain } from './window.ts'

const quitLimitMs = 15_000
const applicationFolder = app.getAppPath()
const paths = pathsIn(applicationFolder, app.isPackaged ? process.resourcesPath : applicationFolder)
const pdfCommand = pdfCommandOf(process.argv)

closeChromium()
registerAppScheme()
if (pdfCommand) {
  printAndExit(pdfCommand)
} else {
  startApp()
}

function startApp(): void {
  app.setPath('userData', join(paths.dataFolder, 'window'))
  if (!app.requestSingleInstanceLock()) {
    app.exit(0)
    return
  }

  let window: BrowserWindow | null = null
  const log = createLog(paths.logsFolder, 'app')
  const logError = log.error
  const services = createServices({ paths, log, renderPdf: createPdfRenderer(), spawnNodeWorker: spawnUtilityWorker })
  const quitTasks = createQuitTasks(logError)
  const allowedPaths = createAllowedPaths([paths.modelsFolder])
  const context: HandlerContext = {
    services,
    broadcast: createBroadcast((name, payload) => window?.webContents.send(eventChannel, name, payload)),
    dialogs: createDialogs(() => window),
    allowedPaths,
    application: {
      version: services.version,
      electronVersion: process.versions.electron,
      dataFolder: paths.dataFolder,
    },
    quitTasks,
    undos: createUndos(),
    logError,
    applyTheme: (theme) => {
      nativeTheme.themeSource = theme
    },
    keepAwake: () => {
      const blocker = powerSaveBlocker.start('prevent-app-suspension')
      return () => powerSaveBlocker.stop(blocker)
    },
  }
  const prepared = prepareDataFolder(paths).catch((error) => logError('removing what was left failed', error))
  serveRequests(ipcMain, createHandlers(context), logError)
  void prepared.then(() => tellRecovered(context))
  watchRuns({ ...context, isVisible: () => window?.isVisible() === true && !window.isMinimized() })

  void relayConversions(context)
  quitTasks.add(() => services.runs.shutdown())
  endBeforeQuit(app, quitTasks, quitLimitMs, () => window?.hide())
  app.on('second-instance', () => showAgain(window))
  app.on('window-all-closed', () => {
    window = null
    app.quit()
  })

  void app.whenReady().then(async () => {
    const settings = await services.settings.read()
    if (settings.lastPlan) allowedPaths.allowPlan(settings.lastPlan)
    nativeTheme.themeSource = settings.theme
    window = openWindow({
      preloadFile: join(applicationFolder, 'out', 'preload', 'preload.cjs'),
      respond: createPageResponder([
        { path: '/', folder: join(applicationFolder, 'out', 'renderer'), extensions: pageExtensions },
        { path: '/models/', folder: paths.modelsFolder, extensions: pictureExtensions },
      ]),
      dark: nativeTheme.shouldUseDarkColors,
    })
  })
}
