// Inspects a model file in a fresh Node worker, which is ended afterwards in every case. A file that crashes the worker
// is reported as a bad file.

import { BenchError } from '../../shared/domain/bench-error.ts'
import type { StartNodeWorker } from '../backends/registry.ts'
import type { ModelFacts } from './model-inspection.ts'
import { badModelFile } from './model-refusal.ts'

export function createModelInspection(
  start: StartNodeWorker,
  log: (line: string) => void,
): (file: string, copyFolder: string) => Promise<ModelFacts> {
  return async (file, copyFolder) => {
    const { signal } = new AbortController()
    const worker = await start(log, signal)
    try {
      return await worker.request('inspect-model', { file, copyFolder }, signal)
    } catch (error) {
      if (error instanceof BenchError && endedWorker.has(error.record.code)) {
        throw badModelFile('reading it ended the worker that read it', error.record.message)
      }
      throw error
    } finally {
      await worker.close()
    }
  }
}

const endedWorker: ReadonlySet<string> = new Set(['worker-crashed', 'worker-stalled'])
