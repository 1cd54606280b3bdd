// One case held by this process: a session of ONNX Runtime with its inputs, ready to be timed. Prepared once, never
// swapped. Stages: `load` while preparing, else the stage of the command. Frees nothing early: the process ends.
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { WorkerCase } from '../../../shared/domain/worker-case.ts'
import type { RequestResult } from '../../../shared/worker-protocol/requests.ts'
import { caseFile, checkedOptions } from './case-check.ts'
import { collectAll } from './garbage.ts'
import { feedsOf, holdInputs, rotatingQuery } from './held-inputs.ts'
import { loadFailure } from './load-failure.ts'
import type { Query } from './measure-loop.ts'
import { resetPeak, threadCount } from './process-memory.ts'
import { proofFromSession } from './session-proof.ts'
import { optionsSchema, sessionSettings, settingsInWords } from './session-settings.ts'

export interface SessionCase {
  readonly workerCase: WorkerCase
  /** The ONNX file that runs. */
  readonly file: string
  readonly session: InferenceSession
  readonly imageCount: number
  readonly feeds: readonly Record<string, Tensor>[]
  /** Runs the next batch in turn. */
  readonly query: Query
  readonly prepared: RequestResult<'prepare'>
}

export async function openSessionCase(workerCase: WorkerCase): Promise<SessionCase> {
  const file = caseFile(workerCase)
  const options = checkedOptions(optionsSchema, workerCase.options)
  const ort = await import('onnxruntime-node')
  const settings = sessionSettings(workerCase.threads, options)
  const facts = settingsInWords(workerCase.threads, options)
  const inputs = await holdInputs(workerCase)
  const precisionProof = await proofFromSession(workerCase.precision, file, settings, facts)
  await collectAll()
  await resetPeak()

  const threadsBefore = await threadCount()
  const startedAt = performance.now()
  const session = await ort.InferenceSession.create(file, settings).catch((error: unknown) => {
    throw loadFailure(error)
  })
  const loadMs = performance.now() - startedAt
  const threadsAfter = await threadCount()

  const feeds = feedsOf(ort, session, workerCase, inputs)
  return {
    workerCase,
    file,
    session,
    imageCount: inputs.imageCount,
    feeds,
    query: rotatingQuery(session, feeds),
    prepared: {
      loadMs,
      precisionProof,
      engineDeclaredBytes: { value: null, reason: 'ONNX Runtime does not declare its memory on the CPU' },
      threads: poolSize(threadsBefore, threadsAfter, workerCase.threads),
      versions: { onnxruntime: ort.env.versions.node ?? 'unknown', node: process.versions.node },
    },
  }
}

/** The session's pool is its own threads and the caller's; null where counting them does not confirm what was set. */
function poolSize(before: number | null, after: number | null, asked: number): number | null {
  return before !== null && after !== null && after - before + 1 === asked ? asked : null
}
