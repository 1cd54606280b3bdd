// ONNX Runtime inside Node: the backend that needs nothing installed. The library is loaded in the worker only.
import type { BackendStatus } from '../../shared/domain/backend.ts'
import type { BackendDriver } from './backend-driver.ts'
import type { StartNodeWorker } from './node-workers.ts'
import { statusOfFailure, unavailableStatus } from './unavailable-status.ts'

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
