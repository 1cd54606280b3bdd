// A worker process as the executor sees it: one method a command, each with its own answer type. Samples that cannot
// be right end the worker with `invalid-samples`: whatever it measures next is no better.
import type { CaseWorker } from '../backends/backend-driver.ts'
import { answerOf } from './answer.ts'
import { blockProblem } from './sample-check.ts'
import { invalidSamples } from './worker-errors.ts'
import type { WorkerProcess } from './worker-process.ts'

export function createCaseWorker(worker: WorkerProcess): CaseWorker {
  let previousEndNs: number | null = null
  return {
    pid: worker.pid,
    async prepare(workerCase, signal) {
      return answerOf('prepared', await worker.request({ command: 'prepare', case: workerCase }, signal))
    },
    async warmup(rule, signal) {
      return answerOf('warmed', await worker.request({ command: 'warmup', ...rule }, signal))
    },
    async measureBlock(rule, signal) {
      const block = answerOf('block', await worker.request({ command: 'measure-block', ...rule }, signal))
      const floor = Math.min(rule.floorSamples, rule.minimumSamples)
      const problem = blockProblem(block, floor, previousEndNs)
      if (problem !== null) {
        await worker.close()
        throw invalidSamples(problem)
      }
      previousEndNs = block.endedAtNs
      return block
    },
    async measureMemory(iterations, signal) {
      return answerOf('memory', await worker.request({ command: 'measure-memory', iterations }, signal))
    },
    async coldStart(workerCase, signal) {
      return answerOf('cold-started', await worker.request({ command: 'cold-start', case: workerCase }, signal))
    },
    async sustain(rule, signal) {
      return answerOf('sustained', await worker.request({ command: 'sustain', ...rule }, signal))
    },
    async serve(arrivalsMs, signal) {
      return answerOf('served', await worker.request({ command: 'serve', arrivalsMs: [...arrivalsMs] }, signal))
    },
    async splitTime(queries, signal) {
      return answerOf('time-split', await worker.request({ command: 'split-time', queries }, signal))
    },
    async profileLayers(queries, signal) {
      return answerOf('layers-profiled', await worker.request({ command: 'profile-layers', queries }, signal))
    },
    async writeOutputs(folder, signal) {
      return answerOf('outputs-written', await worker.request({ command: 'write-outputs', folder }, signal))
    },
    close: () => worker.close(),
  }
}
