// Starts Python workers in the environment that runs a backend. Rejects with `python-unavailable` where there is none.
import type { PythonEnvironments } from '../services.ts'
import { spawnPythonWorker } from '../workers/channels.ts'
import { WorkerProcess, type WorkerRegistry } from '../workers/worker-process.ts'
import type { OpenTaskWorker } from './backend-driver.ts'

export interface PythonWorkerParts {
  readonly interpreterFor: PythonEnvironments['interpreterFor']
  /** Holds worker.py. */
  readonly pythonPackageFolder: string
  readonly registry: WorkerRegistry
}

export function createPythonWorkerStart(parts: PythonWorkerParts): OpenTaskWorker {
  return async (backend, log, signal) => {
    const interpreter = await parts.interpreterFor(backend)
    signal.throwIfAborted()
    const channel = spawnPythonWorker(interpreter, parts.pythonPackageFolder)
    return WorkerProcess.start(channel, { log, registry: parts.registry }, signal)
  }
}
