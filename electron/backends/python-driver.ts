// A backend that runs in a Python worker. All of them are this: which library runs is the worker's business.
import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import { createCaseWorker } from '../workers/case-worker.ts'
import type { BackendDriver } from './backend-driver.ts'
import type { StartPythonWorker } from './python-workers.ts'

export function createPythonDriver(
  id: BackendId,
  start: StartPythonWorker,
  statusOf: (id: BackendId) => Promise<BackendStatus>,
): BackendDriver {
  return {
    id,
    describe: () => statusOf(id),
    open: async (log, signal) => createCaseWorker(await start(id, log, signal)),
  }
}
