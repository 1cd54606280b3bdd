// Starts Node workers, by forking this runtime or in whatever way the app gives.
import type { SpawnNodeWorker } from '../workers/channels.ts'
import { WorkerProcess, type WorkerRegistry } from '../workers/worker-process.ts'

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
