// Conversions: one at a time in a process, never during a run; the rest wait in request order. The queue is on disk:
// `resume` continues what a dead process left behind. A recipe that cannot start is refused before anything is written;
// one whose builder is missing here starts, keeps its ONNX files, and ends with the reason.
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ConversionEvent, ConversionRecord, ConversionState } from '../../shared/domain/conversion.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import type { ConversionService, StartedConversion } from '../services.ts'
import { checkConversion } from './conversion-check.ts'
import { createConversionFolders, newConversionId } from './conversion-folder.ts'
import type { ConversionDependencies } from './conversion-parts.ts'
import { ConversionRecorder, waitingSteps } from './conversion-recorder.ts'
import { appCloses, runConversion } from './conversion-run.ts'

interface Queued {
  readonly recorder: ConversionRecorder
  readonly started: StartedConversion
  readonly controller: AbortController
}

export function createConversionService(parts: ConversionDependencies): ConversionService {
  const folders = createConversionFolders(parts.conversionsFolder)
  const listeners = new Set<(event: ConversionEvent) => void>()
  const queue = new Map<string, Queued>()
  let closing = false
  const tell = (event: ConversionEvent) => {
    for (const listener of listeners) listener(event)
  }

  async function enqueue(record: ConversionRecord): Promise<StartedConversion> {
    const { conversionId } = record
    const recorder = new ConversionRecorder(folders, record, tell)
    await recorder.change({})
    await folders.claim(conversionId)
    const controller = new AbortController()
    const finished = parts.takeTurn(async () => {
      // When the app closes, waiting and running conversions stay queued on disk.
      const left = closing && !controller.signal.aborted
      const ended = left ? recorder.record : await runConversion(parts, recorder, controller.signal)
      queue.delete(conversionId)
      await folders.release(conversionId)
      return ended
    }, controller.signal)
    finished.catch((bug: unknown) => parts.log(bug instanceof Error ? (bug.stack ?? bug.message) : String(bug)))
    const cancel = () => controller.abort(new Error('The conversion was cancelled.'))
    const started = { conversionId, finished, cancel }
    queue.set(conversionId, { recorder, started, controller })
    return started
  }

  async function start(recipe: Recipe): Promise<StartedConversion> {
    const model = await parts.models.find(recipe.model)
    const { manifest } = model
    const { refusals, warnings } = await checkConversion(parts, recipe, model)
    const [refusal] = refusals
    if (refusal !== undefined) throw new BenchError(refusal)
    const createdAt = parts.utcNow()
    return enqueue({
      schemaVersion: 1,
      conversionId: newConversionId(createdAt, manifest.id, parts.randomSuffix()),
      createdAt: createdAt.toISOString(),
      endedAt: null,
      modelName: manifest.name,
      recipe,
      state: 'queued',
      steps: waitingSteps(recipe),
      error: null,
      warnings: [...warnings],
    })
  }

  async function known(conversionId: string): Promise<ConversionRecord> {
    const record = queue.get(conversionId)?.recorder.record ?? (await folders.read(conversionId))
    if (record === null) throw unknownConversion(conversionId)
    return record
  }

  return {
    check: async (recipe) => checkConversion(parts, recipe, await parts.models.find(recipe.model)),
    start,
    async list() {
      const records = await folders.list()
      return records.map((record) => queue.get(record.conversionId)?.recorder.record ?? record)
    },
    unreadable: () => folders.unreadable(),
    async cancel(conversionId) {
      const queued = queue.get(conversionId)
      if (queued !== undefined) return queued.started.cancel()
      const record = await known(conversionId)
      if (!isGoing(record.state)) return
      if (await folders.isClaimed(conversionId)) throw ofAnotherProcess(conversionId)
      await new ConversionRecorder(folders, record, tell).change({
        state: 'cancelled',
        endedAt: parts.utcNow().toISOString(),
      })
    },
    async retry(conversionId) {
      const { recipe, state } = await known(conversionId)
      if (isGoing(state)) throw stillGoing(conversionId)
      return start(recipe)
    },
    async dismiss(conversionId) {
      const { state } = await known(conversionId)
      if (isGoing(state)) throw stillGoing(conversionId)
      await folders.remove(conversionId)
    },
    async log(conversionId, step) {
      const queued = queue.get(conversionId)
      await queued?.recorder.settled()
      if (queued === undefined) await known(conversionId)
      return folders.readLog(conversionId, step)
    },
    async resume() {
      for (const record of await folders.list()) {
        if (!isGoing(record.state) || (await folders.isClaimed(record.conversionId))) continue
        await enqueue({ ...record, state: 'queued', steps: waitingSteps(record.recipe), endedAt: null, error: null })
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async shutdown() {
      closing = true
      const running = [...queue.values()].find(({ recorder }) => recorder.record.state === 'running')
      running?.controller.abort(appCloses)
      await running?.started.finished.catch(() => undefined)
    },
  }
}

function isGoing(state: ConversionState): boolean {
  return state === 'queued' || state === 'running'
}

// Why an action on a conversion is refused, in words for the user.
function unknownConversion(conversionId: string): BenchError {
  return new BenchError({
    code: 'unknown-conversion',
    stage: 'store',
    message: `Conversion "${conversionId}" was not found.`,
    remedy: 'It may have been dismissed; start it again from its model.',
  })
}

function stillGoing(conversionId: string): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'store',
    message: `Conversion "${conversionId}" has not ended.`,
    remedy: 'Cancel it first.',
  })
}

function ofAnotherProcess(conversionId: string): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'store',
    message: `Conversion "${conversionId}" is running in another process.`,
    remedy: 'Cancel it in the process that started it.',
  })
}
