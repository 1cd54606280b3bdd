// Starts Python workers in the environment that runs a backend. Rejects with `python-unavailable` where there is none.
import type { BackendId } from '../../shared/domain/backend.ts'
import type { OpenTaskWorker } from '../inputs/task-worker.ts'
import type { PythonEnvironments } from '../services.ts'
import { spawnPythonWorker } from '../workers/python-channel.ts'
import { createTaskWorker } from '../workers/task-worker.ts'
import { WorkerProcess } from '../workers/worker-process.ts'
import type { WorkerRegistry } from '../workers/worker-registry.ts'

export interface PythonWorkerParts {
  readonly interpreterFor: PythonEnvironments['interpreterFor']
  /** Holds worker.py. */
  readonly pythonPackageFolder: string
  readonly registry: WorkerRegistry
}

export type StartPythonWorker = (
  backend: BackendId,
  log: (line: string) => void,
  signal: AbortSignal,
) => Promise<WorkerProcess>

export function createPythonWorkerStart(parts: PythonWorkerParts): StartPythonWorker {
  return async (backend, log, signal) => {
    const interpreter = await parts.interpreterFor(backend)
    signal.throwIfAborted()
    const channel = spawnPythonWorker(interpreter, parts.pythonPackageFolder)
    return WorkerProcess.start(channel, { log, registry: parts.registry }, signal)
  }
}

export function createOpenTaskWorker(start: StartPythonWorker): OpenTaskWorker {
  return async (backend, log, signal) => createTaskWorker(await start(backend, log, signal))
}
