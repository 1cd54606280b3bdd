// One case held by this process: a session of ONNX Runtime with its inputs, ready to be timed. Prepared once, never
// swapped. Stages: `load` while preparing, else the stage of the command. Frees nothing early: the process ends.
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { WorkerCase } from '../../../shared/domain/worker-case.ts'
import type { WorkerMessageOf } from '../../../shared/worker-protocol/message.ts'
import { readFloat32 } from '../../inputs/npy.ts'
import { caseFile, checkedOptions } from './case-check.ts'
import { collectAll } from './garbage.ts'
import { inputBatches } from './input-batches.ts'
import { checkInput, checkInputBytes } from './input-check.ts'
import { loadFailure } from './load-failure.ts'
import type { Query } from './measure-loop.ts'
import { resetPeak, threadCount } from './process-memory.ts'
import { proofFromSession } from './session-proof.ts'
import { optionsSchema, sessionSettings, settingsInWords } from './session-settings.ts'

export interface SessionCase {
  readonly workerCase: WorkerCase
  readonly session: InferenceSession
  readonly imageCount: number
  readonly feeds: readonly Record<string, Tensor>[]
  /** Runs the next batch in turn. */
  readonly query: Query
  readonly prepared: Omit<WorkerMessageOf<'prepared'>, 'id' | 'message'>
}

export async function openSessionCase(workerCase: WorkerCase): Promise<SessionCase> {
  const file = caseFile(workerCase)
  const options = checkedOptions(optionsSchema, workerCase.options)
  const ort = await import('onnxruntime-node')
  const settings = sessionSettings(workerCase.threads, options)
  const facts = settingsInWords(workerCase.threads, options)
  await checkInputBytes(workerCase.input)
  const images = await readFloat32(workerCase.input.file)
  const { shape, batches } = inputBatches(images.shape, images.data, workerCase.batchSize)
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

  const name = checkInput(session.inputMetadata, workerCase.model.input.name, shape)
  const feeds = batches.map((batch) => ({ [name]: new ort.Tensor('float32', batch, shape) }))
  let next = 0
  return {
    workerCase,
    session,
    imageCount: images.shape[0] ?? 0,
    feeds,
    query: () => {
      const feed = feeds[next]
      next = next + 1 === feeds.length ? 0 : next + 1
      return session.run(feed ?? {})
    },
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
