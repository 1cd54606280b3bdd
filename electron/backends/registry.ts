// Every backend of the app, by an explicit list, and what each can do on this machine. A Python backend is a line in
// the worker's own list and in the domain's; the others have a driver of their own.
import { type BackendId, type BackendStatus, backendIds, pythonBackends } from '../../shared/domain/backend.ts'
import type { BackendCatalog, PythonEnvironments } from '../services.ts'
import type { SpawnNodeWorker } from '../workers/channels.ts'
import type { WorkerRegistry } from '../workers/worker-process.ts'
import type { BackendDriver, OpenTaskWorker } from './backend-driver.ts'
import { createNodeWorkerStart, createOnnxruntimeNodeDriver, type StartNodeWorker } from './onnxruntime-node-driver.ts'
import { createPythonDescriptions, createPythonDriver, createPythonWorkerStart } from './python-driver.ts'
import { createSimulatedDriver } from './simulated-driver.ts'

export interface BackendParts {
  readonly interpreterFor: PythonEnvironments['interpreterFor']
  readonly pythonPackageFolder: string
  readonly nodeWorkerFile: string
  readonly spawnNodeWorker: SpawnNodeWorker
  readonly registry: WorkerRegistry
  /** Lines of the workers that only describe themselves. */
  readonly log: (line: string) => void
}

export interface Backends {
  readonly drivers: ReadonlyMap<BackendId, BackendDriver>
  readonly catalog: BackendCatalog
  readonly openTaskWorker: OpenTaskWorker
  readonly startNodeWorker: StartNodeWorker
}

export function createBackends(parts: BackendParts): Backends {
  const openTaskWorker = createPythonWorkerStart(parts)
  const descriptions = createPythonDescriptions(openTaskWorker, parts.log)
  const startNodeWorker = createNodeWorkerStart({ ...parts, spawn: parts.spawnNodeWorker })
  const all = [
    ...pythonBackends.map((id) => createPythonDriver(id, openTaskWorker, descriptions.describe)),
    createOnnxruntimeNodeDriver(startNodeWorker, parts.log),
    createSimulatedDriver(),
  ]
  const drivers = new Map(all.map((driver) => [driver.id, driver]))
  const catalog = createBackendCatalog(drivers, descriptions.forget)
  return { drivers, catalog, openTaskWorker, startNodeWorker }
}

/** @param forget is called before the drivers are asked again. */
export function createBackendCatalog(
  drivers: ReadonlyMap<BackendId, BackendDriver>,
  forget: () => void,
): BackendCatalog {
  let known: Promise<readonly BackendStatus[]> | null = null

  async function ask(): Promise<readonly BackendStatus[]> {
    const asked = backendIds.flatMap((id) => drivers.get(id) ?? [])
    return Promise.all(asked.map((driver) => driver.describe()))
  }

  return {
    list(options = {}) {
      if (options.refresh) {
        forget()
        known = null
      }
      const question = known ?? ask()
      known = question
      question.catch(() => {
        if (known === question) known = null
      })
      return question
    },
  }
}
