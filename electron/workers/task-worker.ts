// A worker process as those see it who have a job done: one method a task, each with its own answer type.
import type { TaskWorker } from '../inputs/task-worker.ts'
import { answerOf } from './answer.ts'
import type { WorkerProcess } from './worker-process.ts'

export function createTaskWorker(worker: WorkerProcess): TaskWorker {
  return {
    async describeBackends(signal) {
      return answerOf('backends-described', await worker.request({ command: 'describe-backends' }, signal))
    },
    async prepareInputs(parameters, onProgress, signal) {
      const command = { command: 'prepare-inputs', ...parameters } as const
      return answerOf('inputs-prepared', await worker.request(command, signal, onProgress))
    },
    async resolveWeights(parameters, onProgress, signal) {
      const command = { command: 'resolve-weights', ...parameters } as const
      return answerOf('weights-resolved', await worker.request(command, signal, onProgress))
    },
    async exportOnnx(parameters, onProgress, signal) {
      const command = { command: 'export-onnx', ...parameters } as const
      return answerOf('exported', await worker.request(command, signal, onProgress))
    },
    close: () => worker.close(),
  }
}
