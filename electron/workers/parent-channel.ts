// The connection to the supervisor: the channel of a forked process, or the parent port of Electron's utility process.
// Both carry the same objects. Ends this process when the supervisor is gone, whatever a native call is doing.
import type { WorkerMessage } from '../../shared/worker-protocol/wire.ts'

export interface ParentChannel<Message = WorkerMessage> {
  send(message: Message): void
  listen(onCommand: (value: unknown) => void): void
}

interface UtilityParentPort {
  postMessage(value: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void
}

export function openParentChannel<Message = WorkerMessage>(): ParentChannel<Message> {
  const utilityPort = parentPortOf(process)
  if (utilityPort) {
    return {
      send: (message) => utilityPort.postMessage(message),
      listen: (onCommand) => utilityPort.on('message', ({ data }) => onCommand(data)),
    }
  }
  if (!process.send) throw new Error('This program is a worker: Enginebench starts it.')
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  return {
    send: (message) => void process.send?.(message),
    listen: (onCommand) => void process.on('message', onCommand),
  }
}

function parentPortOf(holder: object): UtilityParentPort | null {
  if (!('parentPort' in holder)) return null
  const port = holder.parentPort
  return isParentPort(port) ? port : null
}

function isParentPort(value: unknown): value is UtilityParentPort {
  return typeof value === 'object' && value !== null && 'postMessage' in value && 'on' in value
}
