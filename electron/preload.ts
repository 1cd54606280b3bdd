// The bridge of the page: passes only requests and events, by name. Runs sandboxed, so it is one file without Node.
// Main checks every request; the page checks every answer. Does not expose ipcRenderer or any of its objects.
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { Answer, EnginebenchBridge, RequestName } from '../shared/ipc/contract.ts'
import { eventChannel, namePattern, requestChannel } from './ipc/channels.ts'

const droppedName = 'model:open-dropped' satisfies RequestName
const listenersByName = new Map<string, Set<(payload: unknown) => void>>()

function checkedName(name: unknown): string {
  if (typeof name !== 'string' || !namePattern.test(name)) throw new TypeError('unknown name')
  return name
}

ipcRenderer.on(eventChannel, (_event, name: string, payload: unknown) => {
  for (const listener of listenersByName.get(name) ?? []) listener(payload)
})

function invoke(name: string, payload: unknown): Promise<Answer> {
  return ipcRenderer.invoke(requestChannel, name, JSON.stringify(payload))
}

const bridge: EnginebenchBridge = {
  async request(name, payload) {
    // The page must not report dropped paths itself: it could then name any path.
    if (name === droppedName) throw new TypeError('unknown name')
    return invoke(checkedName(name), payload)
  },
  async openDropped(file) {
    return invoke(droppedName, { file: webUtils.getPathForFile(file) })
  },
  subscribe(name, listener) {
    const key = checkedName(name)
    const listeners = listenersByName.get(key) ?? new Set()
    const deliver = (received: unknown) => listener(received as Parameters<typeof listener>[0])
    listenersByName.set(key, listeners.add(deliver))
    return () => {
      listeners.delete(deliver)
    }
  },
}

contextBridge.exposeInMainWorld('enginebench', bridge)
