// The system's dialogs, over the app's window. They and dropped files are the only sources of paths that the window may
// name.
import { type BrowserWindow, dialog, type OpenDialogOptions, type SaveDialogOptions } from 'electron'
import type { Dialogs, FileKind } from './handler-context.ts'

export function createDialogs(window: () => BrowserWindow | null): Dialogs {
  const open = async (options: OpenDialogOptions): Promise<string | null> => {
    const parent = window()
    const { canceled, filePaths } = await (parent
      ? dialog.showOpenDialog(parent, options)
      : dialog.showOpenDialog(options))
    return canceled ? null : (filePaths[0] ?? null)
  }

  return {
    chooseFolder: (title) => open({ title, properties: ['openDirectory', 'createDirectory'] }),
    chooseFile: (title, kind) => open({ title, properties: ['openFile'], filters: [filterOf(kind)] }),
    async chooseNewFile(title, name, kind) {
      const options: SaveDialogOptions = {
        title,
        defaultPath: name,
        filters: [filterOf(kind)],
        properties: ['createDirectory', 'showOverwriteConfirmation'],
      }
      const parent = window()
      const { canceled, filePath } = await (parent
        ? dialog.showSaveDialog(parent, options)
        : dialog.showSaveDialog(options))
      return canceled || filePath === '' ? null : filePath
    },
    async confirmOverwrite(folder) {
      const options = {
        type: 'question' as const,
        message: 'Replace the existing files?',
        detail: folder,
        buttons: ['Replace', 'Keep'],
        defaultId: 1,
        cancelId: 1,
      }
      const parent = window()
      const { response } = await (parent ? dialog.showMessageBox(parent, options) : dialog.showMessageBox(options))
      return response === 0
    },
  }
}

function filterOf({ name, extensions }: FileKind) {
  return { name, extensions: [...extensions] }
}
