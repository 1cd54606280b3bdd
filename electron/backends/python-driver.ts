// A backend that runs in a Python worker. All of them are this: which library runs is the worker's business.
import {
  type BackendId,
  type BackendStatus,
  backendRows,
  licenceOfBackend,
  representativeOf,
} from '../../shared/domain/backend.ts'
import type { PythonEnvironments } from '../services.ts'
import { spawnPythonWorker } from '../workers/channels.ts'
import { WorkerProcess, type WorkerRegistry } from '../workers/worker-process.ts'
import { type BackendDriver, type OpenTaskWorker, statusOfFailure, unavailableStatus } from './backend-driver.ts'

export function createPythonDriver(
  id: BackendId,
  start: OpenTaskWorker,
  statusOf: (id: BackendId) => Promise<BackendStatus>,
): BackendDriver {
  return {
    id,
    describe: () => statusOf(id),
    open: (log, signal) => start(id, log, signal),
  }
}

// Starts Python workers in the environment that runs a backend. Rejects with `python-unavailable` where there is none.
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

// What the Python backends say of themselves: one question to each environment, asked once and kept until refreshed.
// A backend whose environment is missing says so; the others are not held up by it.
export interface PythonDescriptions {
  describe(id: BackendId): Promise<BackendStatus>
  /** Forgets the answers, so that the next question goes to the workers again. */
  forget(): void
}

type Answer = ReadonlyMap<BackendId, BackendStatus> | { readonly error: unknown }

export function createPythonDescriptions(
  openTaskWorker: OpenTaskWorker,
  log: (line: string) => void,
): PythonDescriptions {
  const answers = new Map<BackendId, Promise<Answer>>()

  /** @param asked any backend of the environment stands for it. */
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

  return {
    async describe(id) {
      const asked = representativeOf(backendRows[id].environment ?? 'main')
      const question = answers.get(asked) ?? ask(asked)
      answers.set(asked, question)
      const answer = await question
      if ('error' in answer) return statusOfFailure(id, 'python', answer.error)
      const status = answer.get(id) ?? notOffered(id)
      return { ...status, licence: status.licence ?? licenceOfBackend(id) }
    },
    forget: () => answers.clear(),
  }
}

function notOffered(id: BackendId): BackendStatus {
  const reason = 'This version of the Python worker does not offer it.'
  return unavailableStatus(id, 'python', reason, 'Choose another backend.')
}
