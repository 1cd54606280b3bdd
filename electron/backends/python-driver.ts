// A backend that runs in a Python worker. All of them are this: which library runs is the worker's business.
import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import type { BackendDriver, OpenTaskWorker } from './backend-driver.ts'

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
