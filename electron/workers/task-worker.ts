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
    async checkOnnx(parameters, signal) {
      return answerOf('onnx-checked', await worker.request({ command: 'check-onnx', ...parameters }, signal))
    },
    async simplifyOnnx(parameters, onProgress, signal) {
      const command = { command: 'simplify-onnx', ...parameters } as const
      return answerOf('onnx-converted', await worker.request(command, signal, onProgress))
    },
    async convertPrecision(parameters, onProgress, signal) {
      const command = { command: 'convert-precision', ...parameters } as const
      return answerOf('onnx-converted', await worker.request(command, signal, onProgress))
    },
    async measureSensitivity(parameters, onProgress, signal) {
      const command = { command: 'measure-sensitivity', ...parameters } as const
      return answerOf('sensitivity-measured', await worker.request(command, signal, onProgress))
    },
    async buildEngine(parameters, onProgress, signal) {
      const command = { command: 'build-engine', ...parameters } as const
      return answerOf('engine-built', await worker.request(command, signal, onProgress))
    },
    async countWork(parameters, signal) {
      return answerOf('work-counted', await worker.request({ command: 'count-work', ...parameters }, signal))
    },
    async measurePeak(parameters, signal) {
      return answerOf('peak-measured', await worker.request({ command: 'measure-peak', ...parameters }, signal))
    },
    close: () => worker.close(),
  }
}
