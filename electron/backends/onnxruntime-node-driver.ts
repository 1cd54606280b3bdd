// ONNX Runtime inside Node: the backend that needs nothing installed. The library is loaded in the worker only.
import type { BackendStatus } from '../../shared/domain/backend.ts'
import type { SpawnNodeWorker } from '../workers/channels.ts'
import { WorkerProcess, type WorkerRegistry } from '../workers/worker-process.ts'
import { type BackendDriver, statusOfFailure, unavailableStatus } from './backend-driver.ts'

const id = 'onnxruntime-node'

export function createOnnxruntimeNodeDriver(start: StartNodeWorker, log: (line: string) => void): BackendDriver {
  return {
    id,
    async describe(): Promise<BackendStatus> {
      const { signal } = new AbortController()
      try {
        const worker = await start(log, signal)
        try {
          const { backends } = await worker.request('describe-backends', {}, signal)
          return (
            backends[0] ?? unavailableStatus(id, 'built-in', 'Its worker does not list it.', 'Install the app again.')
          )
        } finally {
          await worker.close()
        }
      } catch (error) {
        return statusOfFailure(id, 'built-in', error)
      }
    },
    open: start,
  }
}

// Starts Node workers, by forking this runtime or in whatever way the app gives.
export type StartNodeWorker = (log: (line: string) => void, signal: AbortSignal) => Promise<WorkerProcess>

export interface NodeWorkerParts {
  readonly spawn: SpawnNodeWorker
  /** The bundled program. */
  readonly nodeWorkerFile: string
  readonly registry: WorkerRegistry
}

export function createNodeWorkerStart({ spawn, nodeWorkerFile, registry }: NodeWorkerParts): StartNodeWorker {
  return (log, signal) => {
    signal.throwIfAborted()
    return WorkerProcess.start(spawn(nodeWorkerFile), { log, registry }, signal)
  }
}
