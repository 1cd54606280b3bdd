import { vi } from 'vitest'
import { createAllowedPaths } from '../../electron/ipc/allowed-paths.ts'
import { createBroadcast, type Send } from '../../electron/ipc/broadcast.ts'
import type { Dialogs, HandlerContext } from '../../electron/ipc/handler-context.ts'
import { createQuitTasks } from '../../electron/ipc/quit-tasks.ts'
import { createUndos } from '../../electron/ipc/undos.ts'
import type { Services } from '../../electron/services.ts'

export type PartialServices = { readonly [Name in keyof Services]?: Partial<Services[Name]> }

/** A context whose window records what it is sent; a service that a test did not give cannot be called. */
export function fakeHandlerContext(services: PartialServices, dialogs: Partial<Dialogs> = {}) {
  const send = vi.fn<Send>()
  const logError = vi.fn<(message: string, error: unknown) => void>()
  const release = vi.fn<() => void>()
  const context: HandlerContext = {
    services: services as Services,
    broadcast: createBroadcast(send),
    dialogs: {
      chooseFolder: async () => null,
      chooseFile: async () => null,
      chooseNewFile: async () => null,
      confirmOverwrite: async () => false,
      ...dialogs,
    },
    allowedPaths: createAllowedPaths(['/app/models']),
    application: {
      version: '0.1.0',
      electronVersion: '45.0.0',
      dataFolder: '/data',
    },
    quitTasks: createQuitTasks(logError),
    undos: createUndos(),
    logError,
    applyTheme: vi.fn(),
    keepAwake: () => release,
  }
  return { context, send, logError, release }
}
