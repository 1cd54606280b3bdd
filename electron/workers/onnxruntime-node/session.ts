// The one case of this process: a session of ONNX Runtime with its inputs, ready to be timed. Prepared once, never
// replaced, and freed when the process ends.
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { WorkerCase } from '../../../shared/domain/worker-case.ts'
import type { RequestResult } from '../../../shared/worker-protocol/requests.ts'
import { feedsOf, holdInputs, rotatingQuery } from './inputs.ts'
import type { Query } from './loops.ts'
import { collectAll, resetPeak, threadCount } from './memory.ts'
import { proofFromSession } from './precision-proof.ts'
import {
  caseFile,
  checkedOptions,
  loadFailure,
  optionsSchema,
  sessionSettings,
  settingsInWords,
} from './session-settings.ts'

export interface SessionCase {
  readonly workerCase: WorkerCase
  /** The ONNX file to run. */
  readonly file: string
  readonly session: InferenceSession
  readonly imageCount: number
  readonly feeds: readonly Record<string, Tensor>[]
  /** Runs the next batch in order. */
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

  const feeds = feedsOf(ort, session, inputs)
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

/** The pool is the session's threads plus the caller's; null if counting does not confirm the setting. */
function poolSize(before: number | null, after: number | null, asked: number): number | null {
  return before !== null && after !== null && after - before + 1 === asked ? asked : null
}

const caches = [
  'ONNX Runtime keeps no compiled model: every start optimizes the graph again',
  'system page cache: not emptied, so files read before may be in it',
]

/**
 * Time from this new process, with nothing loaded, to its first answer. Images are read before the clock starts; the
 * precision is not proved, since the session for that would warm up what must be cold.
 */
export async function startCold(workerCase: WorkerCase): Promise<RequestResult<'cold-start'>> {
  const file = caseFile(workerCase)
  const settings = sessionSettings(workerCase.threads, checkedOptions(optionsSchema, workerCase.options))
  const inputs = await holdInputs(workerCase)
  const [ort, importMs] = await timed(() => import('onnxruntime-node'))
  const [session, loadMs] = await timed(() =>
    ort.InferenceSession.create(file, settings).catch((error: unknown) => {
      throw loadFailure(error)
    }),
  )
  const query = rotatingQuery(session, feedsOf(ort, session, inputs))
  const [, firstQueryMs] = await timed(query)
  const [, secondQueryMs] = await timed(query)
  return { importMs, contextMs: null, loadMs, firstQueryMs, secondQueryMs, caches }
}

async function timed<Result>(work: () => Promise<Result>): Promise<readonly [Result, number]> {
  const before = process.hrtime.bigint()
  const result = await work()
  return [result, Number(process.hrtime.bigint() - before) / 1e6]
}
