// A worker that holds one loaded case and takes videos through it, one at a time, part by part. The same process as a
// case's; it runs in the environment of its backend.
import type { BackendId } from '../../shared/domain/backend.ts'
import type { WorkerCommand } from '../../shared/worker-protocol/command.ts'
import type { WorkerMessageOf } from '../../shared/worker-protocol/message.ts'
import type { CaseWorker } from '../backends/backend-driver.ts'
import type { StartPythonWorker } from '../backends/python-workers.ts'
import { answerOf } from '../workers/answer.ts'
import { createCaseWorker } from '../workers/case-worker.ts'

type ParametersOf<Name extends WorkerCommand['command']> = Omit<
  Extract<WorkerCommand, { command: Name }>,
  'command' | 'id'
>

export interface VideoWorker extends CaseWorker {
  /** Rejects with `unreadable-video`; the worker goes on. */
  openVideo(parameters: ParametersOf<'open-video'>, signal: AbortSignal): Promise<WorkerMessageOf<'video-opened'>>
  analyzeVideo(
    parameters: ParametersOf<'analyze-video'>,
    signal: AbortSignal,
  ): Promise<WorkerMessageOf<'video-analyzed'>>
}

export type OpenVideoWorker = (
  backend: BackendId,
  log: (line: string) => void,
  signal: AbortSignal,
) => Promise<VideoWorker>

export function createOpenVideoWorker(start: StartPythonWorker): OpenVideoWorker {
  return async (backend, log, signal) => {
    const worker = await start(backend, log, signal)
    return {
      ...createCaseWorker(worker),
      async openVideo(parameters, signal) {
        return answerOf('video-opened', await worker.request({ command: 'open-video', ...parameters }, signal))
      },
      async analyzeVideo(parameters, signal) {
        return answerOf('video-analyzed', await worker.request({ command: 'analyze-video', ...parameters }, signal))
      },
    }
  }
}
