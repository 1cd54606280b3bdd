// Every backend of the app, listed explicitly, and what each can do on this machine. To add a Python backend, add a
// line to the worker's list and to the domain's list; the others have their own driver.
import {
  type BackendId,
  type BackendStatus,
  backendIds,
  backendRows,
  licenceOfBackend,
  pythonBackends,
  representativeOf,
} from '../../shared/domain/backend.ts'
import type { BackendCatalog, PythonEnvironments } from '../services.ts'
import { type SpawnNodeWorker, spawnPythonWorker } from '../workers/channels.ts'
import { WorkerProcess, type WorkerRegistry } from '../workers/worker-process.ts'
import {
  type BackendDriver,
  isWorkersEnd,
  type OpenTaskWorker,
  statusOfFailure,
  unavailableStatus,
} from './backend-driver.ts'
import { createSimulatedDriver } from './simulated-driver.ts'

interface BackendDependencies {
  readonly interpreterFor: PythonEnvironments['interpreterFor']
  readonly pythonPackageFolder: string
  readonly engineCacheFolder: string
  readonly nodeWorkerFile: string
  readonly spawnNodeWorker: SpawnNodeWorker
  readonly registry: WorkerRegistry
  /** Log lines of workers that only describe themselves. */
  readonly log: (line: string) => void
}

export interface Backends {
  readonly drivers: ReadonlyMap<BackendId, BackendDriver>
  /** Null for a backend that this version does not have. Rejects if the worker that was asked ended. */
  readonly describeOrThrow: (id: BackendId) => Promise<BackendStatus | null>
  readonly catalog: BackendCatalog
  readonly openTaskWorker: OpenTaskWorker
  readonly startNodeWorker: StartNodeWorker
}

export function createBackends(parts: BackendDependencies): Backends {
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
  const inPython: ReadonlySet<BackendId> = new Set(pythonBackends)
  const describeOrThrow = async (id: BackendId) =>
    inPython.has(id) ? descriptions.describeOrThrow(id) : ((await drivers.get(id)?.describe()) ?? null)
  return { drivers, describeOrThrow, catalog, openTaskWorker, startNodeWorker }
}

/** @param forget called before the drivers are asked again. */
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

// A backend that runs in a Python worker. All Python backends use this class: the worker knows the library.

export function createPythonDriver(
  id: BackendId,
  start: OpenTaskWorker,
  statusOf: (id: BackendId) => Promise<BackendStatus>,
): BackendDriver {
  return {
    id,
    describe: () => statusOf(id),
    open: (log, signal, visibleGpu) => start(id, log, signal, visibleGpu),
  }
}

// Starts Python workers in the environment that runs a backend. Rejects with `python-unavailable` if there is none.
interface PythonWorkerDependencies {
  readonly interpreterFor: PythonEnvironments['interpreterFor']
  /** The folder of worker.py. */
  readonly pythonPackageFolder: string
  readonly engineCacheFolder?: string
  readonly registry: WorkerRegistry
}

export function createPythonWorkerStart(parts: PythonWorkerDependencies): OpenTaskWorker {
  return async (backend, log, signal, visibleGpu = null) => {
    const interpreter = await parts.interpreterFor(backend)
    signal.throwIfAborted()
    const { pythonPackageFolder, engineCacheFolder = null } = parts
    const channel = spawnPythonWorker(interpreter, pythonPackageFolder, { visibleGpu, engineCacheFolder })
    return WorkerProcess.start(channel, { log, registry: parts.registry }, signal)
  }
}

// What the Python backends report about themselves: each environment is asked once, and the answer is kept until
// refreshed. A backend whose environment is missing says so; the others do not wait for it.
interface PythonDescriptions {
  describe(id: BackendId): Promise<BackendStatus>
  /** Rejects with how the worker ended, if that is why it gave no answer: whether the backend works is then not known. */
  describeOrThrow(id: BackendId): Promise<BackendStatus>
  /** Forgets the answers, so that the next question goes to the workers again. */
  forget(): void
}

type Answer = ReadonlyMap<BackendId, BackendStatus> | { readonly error: unknown }

export function createPythonDescriptions(
  openTaskWorker: OpenTaskWorker,
  log: (line: string) => void,
): PythonDescriptions {
  const answers = new Map<BackendId, Promise<Answer>>()

  /** @param asked any backend of the environment; it represents all of them. */
  async function askTwice(asked: BackendId): Promise<Answer> {
    const first = await ask(asked)
    const answer = 'error' in first && isWorkersEnd(first.error) ? await ask(asked) : first
    if ('error' in answer && isWorkersEnd(answer.error)) answers.delete(asked)
    return answer
  }

  async function ask(asked: BackendId): Promise<Answer> {
    const { signal } = new AbortController()
    try {
      const worker = await openTaskWorker(asked, log, signal)
      try {
        const { backends } = await worker.request('describe-backends', {}, signal)
        return new Map(backends.map((status) => [status.id, status]))
      } finally {
        await worker.close()
      }
    } catch (error) {
      return { error }
    }
  }

  async function describeOrThrow(id: BackendId): Promise<BackendStatus> {
    const asked = representativeOf(backendRows[id].environment ?? 'main')
    const question = answers.get(asked) ?? askTwice(asked)
    answers.set(asked, question)
    const answer = await question
    if ('error' in answer) {
      if (isWorkersEnd(answer.error)) throw answer.error
      return statusOfFailure(id, 'python', answer.error)
    }
    const status = answer.get(id) ?? notOffered(id)
    return { ...status, licence: status.licence ?? licenceOfBackend(id) }
  }

  return {
    describeOrThrow,
    describe: (id) => describeOrThrow(id).catch((error: unknown) => statusOfFailure(id, 'python', error)),
    forget: () => answers.clear(),
  }
}

function notOffered(id: BackendId): BackendStatus {
  const reason = 'This version of the Python worker does not offer it.'
  return unavailableStatus(id, 'python', reason, 'Choose another backend.')
}

// ONNX Runtime in Node: the backend that needs no installation. Only the worker loads the library.

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

// Starts Node workers by forking this runtime, or in the way the app provides.
export type StartNodeWorker = (log: (line: string) => void, signal: AbortSignal) => Promise<WorkerProcess>

interface NodeWorkerDependencies {
  readonly spawn: SpawnNodeWorker
  /** The bundled program. */
  readonly nodeWorkerFile: string
  readonly registry: WorkerRegistry
}

export function createNodeWorkerStart({ spawn, nodeWorkerFile, registry }: NodeWorkerDependencies): StartNodeWorker {
  return (log, signal) => {
    signal.throwIfAborted()
    return WorkerProcess.start(spawn(nodeWorkerFile), { log, registry }, signal)
  }
}
