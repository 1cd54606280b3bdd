// How long this process, new and with nothing loaded, takes to its first answer. Images are read before, and in no
// time; the precision is not proved, since the session for that would warm what is to be cold.
import type { WorkerCase } from '../../../shared/domain/worker-case.ts'
import type { RequestResult } from '../../../shared/worker-protocol/requests.ts'
import { caseFile, checkedOptions } from './case-check.ts'
import { feedsOf, holdInputs, rotatingQuery } from './held-inputs.ts'
import { loadFailure } from './load-failure.ts'
import { optionsSchema, sessionSettings } from './session-settings.ts'

const caches = [
  'ONNX Runtime keeps no compiled model: every start optimizes the graph again',
  "files in the system's page cache: not emptied, so those read before may have been there",
]

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
  const query = rotatingQuery(session, feedsOf(ort, session, workerCase, inputs))
  const [, firstQueryMs] = await timed(query)
  const [, secondQueryMs] = await timed(query)
  return { importMs, contextMs: null, loadMs, firstQueryMs, secondQueryMs, caches }
}

async function timed<Result>(work: () => Promise<Result>): Promise<readonly [Result, number]> {
  const before = process.hrtime.bigint()
  const result = await work()
  return [result, Number(process.hrtime.bigint() - before) / 1e6]
}
