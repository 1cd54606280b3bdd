// One case in its group: made from the plan, described to its worker, and finally in one of its end states. A case
// whose backend cannot run here or whose file is missing is skipped from the start with the reason and the remedy; it
// never disappears from the record. Holds no worker and writes nothing.

import { type Artifact, buildRecordOf } from '../../../shared/domain/artifact.ts'
import type { BackendId, BackendStatus } from '../../../shared/domain/backend.ts'
import { BenchError, type BenchErrorRecord } from '../../../shared/domain/bench-error.ts'
import { deviceKindOf } from '../../../shared/domain/device.ts'
import { type Figure, missing } from '../../../shared/domain/figure.ts'
import type { ModelManifest, WeightsOrigin } from '../../../shared/domain/model.ts'
import type { Parity, ParityFinding } from '../../../shared/domain/parity.ts'
import type { Candidate, Plan } from '../../../shared/domain/plan.ts'
import { type CaseState, type ProcessPeak, type Steadiness, statesThatEndEarly } from '../../../shared/domain/run.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import type { WorkerCase } from '../../../shared/domain/worker-case.ts'
import type { PassResults } from '../../../shared/passes/index.ts'
import type { PlannedGroup } from '../../../shared/planning/expand-plan.ts'
import { blockMedianMs } from '../../../shared/statistics/case-summary.ts'
import type { RequestResult } from '../../../shared/worker-protocol/requests.ts'
import type { RunInputs } from '../../inputs/run-inputs.ts'
import { filePrecision, runsOnnx } from '../session/run-files.ts'

export class RunCase {
  readonly caseKey: string
  readonly candidate: Candidate
  /** The file it runs; null if it runs none. */
  readonly artifact: Artifact | null
  readonly #medianBlocks: SampleBlock[] = []
  readonly steadiness: Steadiness[] = []
  prepared: RequestResult<'prepare'> | null = null
  memory: RequestResult<'measure-memory'> | null = null
  /** Only on a GPU, in addition to what the worker reports about itself. */
  gpuPeak: ProcessPeak | null = null
  outputs: RequestResult<'write-outputs'>['outputs'] | null = null
  parity: Parity = { verdict: 'not-judged', reason: 'Outputs were not compared.', figures: null, reference: null }
  /** Null until its outputs were compared: no speed of it is told before. */
  parityFinding: ParityFinding | null = null
  accuracy: Figure = missing('The model has no labelled test set.')
  #passes: PassResults = {}
  #blockCount = 0
  #sampleCount = 0
  #state: CaseState = 'pending'
  #reason: string | null = null
  #error: BenchErrorRecord | null = null

  constructor(caseKey: string, candidate: Candidate, artifact: Artifact | null) {
    this.caseKey = caseKey
    this.candidate = candidate
    this.artifact = artifact
  }

  get blockCount(): number {
    return this.#blockCount
  }

  /** Each block reduced to its median: enough for ratios of medians, at almost no cost or memory. */
  get medianBlocks(): readonly SampleBlock[] {
    return this.#medianBlocks
  }

  /** The caller keeps its samples: a long run has millions. */
  keep(block: SampleBlock): void {
    this.#blockCount += 1
    const medianMs = blockMedianMs(block)
    if (medianMs !== null) this.#medianBlocks.push({ ...block, leadSamples: 0, latenciesMs: [medianMs] })
    this.#sampleCount += block.latenciesMs.length - block.leadSamples
  }

  /** Of a case that is continued: what earlier sessions measured and judged. */
  keepEarlier(blocks: readonly SampleBlock[], parity: ParityFinding): void {
    for (const block of blocks) this.keep(block)
    this.parityFinding = parity
  }

  /** Results of the passes so far; a field that the plan did not ask for is absent. */
  get passes(): PassResults {
    return this.#passes
  }

  keepPass(results: PassResults): void {
    this.#passes = { ...this.#passes, ...results }
  }

  /** Lead samples are not counted. */
  get sampleCount(): number {
    return this.#sampleCount
  }

  get state(): CaseState {
    return this.#state
  }

  /** Why it did not complete; null while it still may. */
  get reason(): string | null {
    return this.#reason
  }

  get error(): BenchErrorRecord | null {
    return this.#error
  }

  get isGoing(): boolean {
    return this.#state !== 'completed' && !statesThatEndEarly.has(this.#state)
  }

  start(): boolean {
    return this.#enter('running', null, null)
  }

  complete(): boolean {
    return this.#enter('completed', null, null)
  }

  fail(error: BenchErrorRecord): boolean {
    return this.#enter(error.code === 'fallback' ? 'fallback' : 'failed', error.message, error)
  }

  skip(error: BenchErrorRecord): boolean {
    return this.#enter('skipped', `${error.message} ${error.remedy}`, error)
  }

  cancel(): boolean {
    return this.#enter('cancelled', 'Cancelled.', null)
  }

  #enter(state: CaseState, reason: string | null, error: BenchErrorRecord | null): boolean {
    if (!this.isGoing) return false
    this.#state = state
    this.#reason = reason
    this.#error = error
    return true
  }
}

export function makeRunCases(
  group: PlannedGroup,
  inputs: Pick<RunInputs, 'onnx' | 'artifacts'>,
  statuses: ReadonlyMap<BackendId, BackendStatus>,
): readonly RunCase[] {
  return group.cases.map(({ caseKey, candidate }) => {
    const artifact = artifactOf(candidate, inputs)
    const runCase = new RunCase(caseKey, candidate, artifact instanceof BenchError ? null : artifact)
    const unavailable = unavailability(candidate.backend, statuses)
    if (unavailable !== null) runCase.skip(unavailable)
    else if (artifact instanceof BenchError) runCase.skip(artifact.record)
    return runCase
  })
}

/** Null if the case runs no file. */
function artifactOf(candidate: Candidate, inputs: Pick<RunInputs, 'onnx' | 'artifacts'>): Artifact | BenchError | null {
  if (candidate.artifact !== undefined) return inputs.artifacts.get(candidate.artifact) ?? null
  return runsOnnx(candidate.backend) ? (inputs.onnx.get(filePrecision(candidate)) ?? null) : null
}

function unavailability(backend: BackendId, statuses: ReadonlyMap<BackendId, BackendStatus>): BenchErrorRecord | null {
  const status = statuses.get(backend)
  if (status?.available === true) return null
  return {
    code: 'backend-unavailable',
    stage: 'spawn',
    message: status?.reason ?? `${backend} is not part of this version of Enginebench.`,
    remedy: status?.remedy ?? 'Choose another backend.',
    cause: null,
  }
}

/**
 * Where a case's weights came from: a converted file has its own record of it; a file that the run exports uses the
 * run's.
 */
export function caseWeights<Origin extends WeightsOrigin | null>(
  { candidate, artifact }: Pick<RunCase, 'candidate' | 'artifact'>,
  ofRun: Origin,
): WeightsOrigin | Origin {
  return candidate.artifact === undefined || artifact === null ? ofRun : artifact.weights
}

/** As the record says it: null if the case has none, or did not get that far. */
export function recordedWeights(
  runCase: Pick<RunCase, 'candidate' | 'artifact' | 'prepared'>,
  ofRun: WeightsOrigin | null,
): WeightsOrigin | null {
  return runCase.candidate.backend === 'simulated' || runCase.prepared === null ? null : caseWeights(runCase, ofRun)
}

interface CaseSetting {
  readonly plan: Plan
  readonly manifest: ModelManifest
  readonly modelFolder: string
  readonly inputs: RunInputs
  readonly batchSize: number
}

/** What a worker gets to know about its case, with the inputs and files that were resolved once for the run. */
export function workerCaseOf(
  { plan, manifest, modelFolder, inputs, batchSize }: CaseSetting,
  runCase: RunCase,
): WorkerCase {
  const { backend, precision, options } = runCase.candidate
  const { origin, folder, seed } = inputs.weights
  const { artifact } = runCase
  return {
    backend,
    precision,
    model: manifest,
    modelFolder,
    weights: { origin, folder, seed },
    onnxFile: artifact?.kind === 'onnx' ? artifact.file : null,
    engineFile: artifact === null || artifact.kind === 'onnx' ? null : artifact.file,
    ...(artifact === null || artifact.kind === 'onnx' ? {} : { buildRecord: buildRecordOf(artifact) }),
    ...(artifact?.plugin && { plugin: artifact.plugin }),
    batchSize,
    input: inputs.input,
    ...(inputs.feeds && { feeds: [...inputs.feeds] }),
    device: deviceKindOf(plan.device),
    threads: plan.threads,
    options,
  }
}
