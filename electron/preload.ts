// The bridge of the page: requests and events by name, nothing else. Runs sandboxed, so it is one file without Node.
// Main checks every request; the page checks every answer. Does not expose ipcRenderer or any of its objects.
import { contextBridge, ipcRenderer } from 'electron'
import type { Answer, EnginebenchBridge } from '../shared/ipc/contract.ts'
import { eventChannel, requestChannel } from './ipc/channels.ts'

const namePattern = /^[a-z]+:[a-z-]+$/
const listenersByName = new Map<string, Set<(payload: unknown) => void>>()

function checkedName(name: unknown): string {
  if (typeof name !== 'string' || !namePattern.test(name)) throw new TypeError('unknown name')
  return name
}

ipcRenderer.on(eventChannel, (_event, name: string, payload: unknown) => {
  for (const listener of listenersByName.get(name) ?? []) listener(payload)
})

const bridge: EnginebenchBridge = {
  request(name, payload): Promise<Answer> {
    return ipcRenderer.invoke(requestChannel, checkedName(name), JSON.stringify(payload))
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
