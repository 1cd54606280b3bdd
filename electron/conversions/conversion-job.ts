// One running conversion: what its steps share, each found once, and the frame around a step: its state in the record,
// its time, its log, and its workers, which are closed when the step ends.

import type { Artifact } from '../../shared/domain/artifact.ts'
import { type BackendId, exporterOf } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ConversionStepName } from '../../shared/domain/conversion.ts'
import { bringsWeights, isExported, type ModelManifest } from '../../shared/domain/model.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import type { ResolvedWeights } from '../../shared/domain/worker-case.ts'
import { deviceRefusal } from '../../shared/planning/check-device.ts'
import type { BackendWorker, TaskProgress } from '../backends/backend-driver.ts'
import type { PreparedImageSet } from '../parity/image-sets.ts'
import { type BuildCard, buildCardOf } from './build-card.ts'
import type { ConversionDependencies } from './conversion-parts.ts'
import type { ConversionRecorder } from './conversion-recorder.ts'

export interface StepOutcome {
  /** The input of the next step. */
  readonly artifact: Artifact
  readonly cached: boolean
  /** One line for the user. */
  readonly reason: string | null
}

export interface StepFrame {
  readonly onProgress: TaskProgress
  readonly log: (line: string) => void
  /** The log so far, one line per entry, for the artifact's own log. */
  readonly lines: readonly string[]
  /** One process per backend environment and step, which sees only `visibleGpu`. */
  readonly worker: (backend: BackendId, visibleGpu?: string | null) => Promise<BackendWorker>
}

export class ConversionJob {
  readonly parts: ConversionDependencies
  readonly recipe: Recipe
  readonly manifest: ModelManifest
  readonly modelFolder: string
  readonly recorder: ConversionRecorder
  readonly signal: AbortSignal
  #hashes: readonly Recipe['expected'][number][] = []
  #weights: Promise<ResolvedWeights> | null = null
  #evaluation: Promise<PreparedImageSet> | null = null
  #calibration: Promise<PreparedImageSet> | null = null
  #card: Promise<BuildCard> | null = null
  #tools: Promise<Readonly<Record<string, string>>> | null = null

  constructor(
    parts: ConversionDependencies,
    model: { readonly manifest: ModelManifest; readonly folder: string },
    recorder: ConversionRecorder,
    signal: AbortSignal,
  ) {
    this.parts = parts
    this.recipe = recorder.record.recipe
    this.manifest = model.manifest
    this.modelFolder = model.folder
    this.recorder = recorder
    this.signal = signal
  }

  /** The environment that reads images, finds weights and exports. */
  get exporter(): BackendId {
    return exporterOf(this.manifest)
  }

  /** Results of the ONNX steps so far. */
  get hashes(): readonly Recipe['expected'][number][] {
    return this.#hashes
  }

  noteHash(step: ConversionStepName, { sha256 }: Artifact): void {
    this.#hashes = [...this.#hashes, { step, sha256 }]
  }

  keepOperators(): ModelManifest['keepInFp32'] {
    const { keepOperators } = this.recipe
    if (keepOperators === null) return this.manifest.keepInFp32
    const known = new Map(this.manifest.keepInFp32.map(({ operator, reason }) => [operator, reason]))
    return keepOperators.map((operator) => ({ operator, reason: known.get(operator) ?? 'the recipe says so' }))
  }

  /** With its bytes checked, for readers. Another process may have removed it a moment ago. */
  async whole(artifact: Artifact): Promise<Artifact> {
    const found = artifact.key === undefined ? null : await this.parts.keyed.lookUp(artifact.key)
    if (found !== null) return found
    throw new BenchError({
      code: 'missing-artifact',
      stage: 'load',
      message: `The ${artifact.precision} file that this step starts from was removed or damaged in the meantime.`,
      remedy: 'Convert the model again.',
    })
  }

  tools(): Promise<Readonly<Record<string, string>>> {
    this.#tools ??= this.parts.toolVersions()
    return this.#tools
  }

  /** Throws BenchError if the card has gone since the recipe was checked. */
  buildCard(): Promise<BuildCard> {
    this.#card ??= this.parts.gpus().then((gpus) => {
      const absent = deviceRefusal(this.recipe.device ?? 'cuda', gpus, false)
      if (absent !== null) throw new BenchError({ ...absent, stage: 'build' })
      return buildCardOf(this.recipe, gpus)
    })
    return this.#card
  }

  weights(frame: StepFrame): Promise<ResolvedWeights> {
    this.#weights ??= resolveWeights(this, frame)
    return this.#weights
  }

  evaluation(frame: StepFrame): Promise<PreparedImageSet> {
    this.#evaluation ??= this.parts.images.evaluation(this.#reader(frame), this.#imageRequest(frame))
    return this.#evaluation
  }

  /** Null without calibration. */
  calibration(frame: StepFrame): Promise<PreparedImageSet | null> {
    const { calibration } = this.recipe
    if (calibration === null) return Promise.resolve(null)
    this.#calibration ??= this.parts.images.calibration(this.#reader(frame), {
      ...this.#imageRequest(frame),
      calibration,
    })
    return this.#calibration
  }

  #reader({ worker }: StepFrame) {
    return { taskWorker: () => worker(this.exporter) }
  }

  #imageRequest({ onProgress }: StepFrame) {
    const { manifest, modelFolder, recipe, signal } = this
    return { manifest, modelFolder, size: recipe.size?.opt ?? null, onProgress, signal }
  }

  async step(name: ConversionStepName, work: (frame: StepFrame) => Promise<StepOutcome>): Promise<Artifact> {
    const { recorder, signal, parts } = this
    signal.throwIfAborted()
    const startedMs = parts.nowMs()
    const elapsed = () => Math.max(0, parts.nowMs() - startedMs)
    await recorder.changeStep(name, { state: 'running', reason: null })
    const workers = new Map<BackendId, Promise<BackendWorker>>()
    try {
      const { artifact, cached, reason } = await this.#framed(name, workers, elapsed, work)
      const state = cached ? 'cached' : 'done'
      await recorder.changeStep(name, { state, artifactKey: artifact.key ?? null, elapsedMs: elapsed(), reason })
      if (!cached) recorder.artifactMade(artifact)
      return artifact
    } catch (error) {
      const state = signal.aborted ? 'cancelled' : 'failed'
      const reason = signal.aborted
        ? null
        : error instanceof BenchError
          ? error.record.message
          : 'An error of this app.'
      await recorder.changeStep(name, { state, elapsedMs: elapsed(), reason })
      signal.throwIfAborted()
      throw error
    }
  }

  async #framed(
    name: ConversionStepName,
    workers: Map<BackendId, Promise<BackendWorker>>,
    elapsed: () => number,
    work: (frame: StepFrame) => Promise<StepOutcome>,
  ): Promise<StepOutcome> {
    const lines: string[] = []
    const log = (line: string) => {
      lines.push(line)
      this.recorder.log(name, [{ level: 'stray', text: line, count: 1 }])
    }
    try {
      return await work({
        lines,
        log,
        onProgress: (fraction, text, detail) => {
          this.recorder.progress(name, fraction, text, detail, elapsed())
          this.recorder.log(name, detail?.entries ?? [])
        },
        worker: (backend, visibleGpu = null) => {
          const opened = workers.get(backend) ?? this.parts.openTaskWorker(backend, log, this.signal, visibleGpu)
          workers.set(backend, opened)
          return opened
        },
      })
    } finally {
      await Promise.all([...workers.values()].map(closed))
    }
  }
}

async function closed(opened: Promise<BackendWorker>): Promise<void> {
  const worker = await opened.catch(() => null)
  await worker?.close()
}

// The weights of a conversion, found once: the same for its export and for the parity reference.
async function resolveWeights(job: ConversionJob, frame: StepFrame): Promise<ResolvedWeights> {
  const { manifest, modelFolder, recipe, signal } = job
  const { weights: choice, seed } = recipe
  if (!isExported(manifest)) {
    return { origin: 'own', folder: null, seed, sha256: null, reason: 'The weights are in the model file.' }
  }
  if (choice.kind === 'seeded' && !bringsWeights(manifest)) {
    return { origin: 'seeded', folder: null, seed, sha256: null, reason: 'The recipe asks for seeded weights.' }
  }
  const worker = await frame.worker(job.exporter)
  const folder = choice.kind === 'folder' ? choice.folder : null
  const found = await worker.request(
    'resolve-weights',
    { model: manifest, modelFolder, choice: choice.kind, folder, seed },
    signal,
    frame.onProgress,
  )
  return { origin: found.origin, folder: found.folder, seed, sha256: found.sha256, reason: found.reason }
}
