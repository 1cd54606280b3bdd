// What the handlers depend on. Dialogs and the page's theme are functions, so that handlers run without Electron.
import type { Settings } from '../../shared/ipc/contract.ts'
import type { Services } from '../services.ts'
import type { AllowedPaths } from './allowed-paths.ts'
import type { Broadcast } from './broadcast.ts'
import type { QuitTasks } from './quit-tasks.ts'
import type { LogError } from './router.ts'
import type { Undos } from './undos.ts'

/** Filter of a file dialog: a name and file extensions without dots. */
export interface FileKind {
  readonly name: string
  readonly extensions: readonly string[]
}

export interface Dialogs {
  /** Null if the user closed it. */
  chooseFolder(title: string): Promise<string | null>
  chooseFile(title: string, kind: FileKind): Promise<string | null>
  /** Where to write; the dialog has asked before replacing a file. Null if the user closed it. */
  chooseNewFile(title: string, name: string, kind: FileKind): Promise<string | null>
  confirmOverwrite(folder: string): Promise<boolean>
}

export interface ApplicationFacts {
  readonly version: string
  readonly electronVersion: string
  readonly dataFolder: string
}

export interface HandlerContext {
  readonly services: Services
  readonly broadcast: Broadcast
  readonly dialogs: Dialogs
  readonly allowedPaths: AllowedPaths
  readonly application: ApplicationFacts
  readonly quitTasks: QuitTasks
  readonly undos: Undos
  readonly logError: LogError
  applyTheme(theme: Settings['theme']): void
  /** Keeps the machine from suspending until the returned function is called. */
  keepAwake(): () => void
}
