// What a run needs before its first worker: weights, the input array and the ONNX files, each resolved once so that
// every case uses the same. One Python task worker does what needs Python; it is started only if needed and closed
// before this returns.

import type { Artifact } from '../../shared/domain/artifact.ts'
import { type BackendId, exporterOf } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { isExported, type ModelManifest } from '../../shared/domain/model.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import type { ResolvedWeights } from '../../shared/domain/worker-case.ts'
import type { BackendWorker, OpenTaskWorker, TaskProgress } from '../backends/backend-driver.ts'
import type { ArtifactStore } from '../services.ts'
import { calibrationPhotographsOf } from './image-files.ts'
import type { InputCache } from './input-cache.ts'
import type { KeyedArtifacts } from './keyed-artifacts.ts'
import { exportedArtifact, missingOnnx, shippedArtifact } from './onnx-artifact.ts'
import { type PreparedInputs, plannedInputs, shippedArrays } from './prepared-inputs.ts'

export interface RunInputsDependencies {
  readonly inputCache: InputCache
  readonly keyed: Pick<KeyedArtifacts, 'lookUp' | 'make'>
  /** Artifacts of conversions: candidates name them by hash. */
  readonly artifacts: Pick<ArtifactStore, 'find' | 'list'>
  readonly samplesFolder: string
  readonly openTaskWorker: OpenTaskWorker
  readonly toolVersions: () => Promise<Readonly<Record<string, string>>>
}

export interface RunInputsRequest {
  readonly plan: Plan
  readonly manifest: ModelManifest
  readonly modelFolder: string
  /** Precisions in which some case runs an ONNX file. */
  readonly onnxPrecisions: readonly Precision[]
  /** sha256 of the artifacts that cases name. */
  readonly artifactHashes: readonly string[]
  /** False if every case runs an artifact: the weights are in it. */
  readonly needsWeights: boolean
  readonly onProgress: (stage: 'inputs' | 'export', fraction: number | null, text: string) => void
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

export interface RunInputs extends PreparedInputs {
  readonly weights: ResolvedWeights
  /** A precision that is not available fails only its own cases: its error takes the file's place. */
  readonly onnx: ReadonlyMap<Precision, Artifact | BenchError>
  /** Keyed by sha256, as candidates name them, with their bytes checked; an unavailable one is its error. */
  readonly artifacts: ReadonlyMap<string, Artifact | BenchError>
  /** The shipped photographs that conversions calibrate on. */
  readonly calibrationPhotographs: ReadonlySet<string>
}

export type ResolveRunInputs = (request: RunInputsRequest) => Promise<RunInputs>

export function createRunInputs(dependencies: RunInputsDependencies): ResolveRunInputs {
  return async (request) => {
    const taskWorker = lazyTaskWorker(dependencies.openTaskWorker, request)
    try {
      return await resolveAll(dependencies, request, taskWorker.get)
    } finally {
      await taskWorker.close()
    }
  }
}

async function resolveAll(
  dependencies: RunInputsDependencies,
  request: RunInputsRequest,
  taskWorker: () => Promise<BackendWorker>,
): Promise<RunInputs> {
  const { plan, manifest, modelFolder, signal } = request
  const inputProgress: TaskProgress = (fraction, text) => request.onProgress('inputs', fraction, text)
  const artifacts = await findArtifacts(dependencies, request)
  const weights = weightsOfArtifacts(request, artifacts) ?? (await resolveWeights(request, taskWorker, inputProgress))
  signal.throwIfAborted()
  const prepared =
    (await shippedArrays(manifest, modelFolder)) ??
    (await plannedInputs(
      { cache: dependencies.inputCache, samplesFolder: dependencies.samplesFolder, taskWorker },
      plan,
      manifest,
      inputProgress,
      signal,
    ))
  const onnx = new Map<Precision, Artifact | BenchError>()
  for (const precision of new Set(request.onnxPrecisions)) {
    signal.throwIfAborted()
    onnx.set(precision, await resolveOnnx(dependencies, request, weights, prepared.input.file, precision, taskWorker))
  }
  const calibrationPhotographs = await calibrationPhotographsOf(dependencies.samplesFolder)
  return { ...prepared, weights, onnx, artifacts, calibrationPhotographs }
}

async function findArtifacts(
  { artifacts }: RunInputsDependencies,
  { artifactHashes, signal }: RunInputsRequest,
): Promise<ReadonlyMap<string, Artifact | BenchError>> {
  const found = new Map<string, Artifact | BenchError>()
  for (const sha256 of new Set(artifactHashes)) {
    signal.throwIfAborted()
    found.set(sha256, await errorInPlace(() => artifacts.find(sha256)))
  }
  return found
}

/** Null if some case uses the run's own weights, or no artifact is available. */
function weightsOfArtifacts(
  { needsWeights, plan }: RunInputsRequest,
  artifacts: ReadonlyMap<string, Artifact | BenchError>,
): ResolvedWeights | null {
  const made = [...artifacts.values()].find((artifact) => !(artifact instanceof BenchError))
  if (needsWeights || made === undefined || made instanceof BenchError) return null
  return {
    origin: made.weights,
    folder: null,
    seed: plan.seed,
    sha256: null,
    reason: 'They are in the artifacts that ran.',
  }
}

async function resolveWeights(
  { plan, manifest, modelFolder, signal }: RunInputsRequest,
  taskWorker: () => Promise<BackendWorker>,
  onProgress: TaskProgress,
): Promise<ResolvedWeights> {
  if (!isExported(manifest)) {
    return { origin: 'own', folder: null, seed: plan.seed, sha256: null, reason: 'The weights are in the model file.' }
  }
  const worker = await taskWorker()
  const { origin, folder, sha256, reason } = await worker.request(
    'resolve-weights',
    {
      model: manifest,
      modelFolder,
      choice: plan.weights.kind,
      folder: plan.weights.kind === 'folder' ? plan.weights.folder : null,
      seed: plan.seed,
    },
    signal,
    onProgress,
  )
  return { origin, folder, seed: plan.seed, sha256, reason }
}

async function resolveOnnx(
  dependencies: RunInputsDependencies,
  request: RunInputsRequest,
  weights: ResolvedWeights,
  inputFile: string,
  precision: Precision,
  taskWorker: () => Promise<BackendWorker>,
): Promise<Artifact | BenchError> {
  const { plan, manifest, modelFolder, onProgress, signal } = request
  return errorInPlace(async () => {
    const shipped = await shippedArtifact(manifest, modelFolder, precision)
    if (shipped !== null) return shipped
    if (!isExported(manifest) || precision !== 'fp32')
      throw missingOnnx(plan.model, manifest, precision, await dependencies.artifacts.list())
    return await exportedArtifact(
      { keyed: dependencies.keyed, taskWorker, toolVersions: dependencies.toolVersions },
      {
        ...{ manifest, model: plan.model, modelFolder, weights },
        opset: plan.opset ?? manifest.defaultOpset,
        inputFile: async () => inputFile,
      },
      (fraction, text) => onProgress('export', fraction, text),
      signal,
    )
  })
}

/** A full disk ends the run, whatever filled it. */
async function errorInPlace(find: () => Promise<Artifact>): Promise<Artifact | BenchError> {
  try {
    return await find()
  } catch (error) {
    if (error instanceof BenchError && error.record.code !== 'disk-full') return error
    throw error
  }
}

function lazyTaskWorker(
  open: OpenTaskWorker,
  { manifest, log, signal }: RunInputsRequest,
): { get: () => Promise<BackendWorker>; close: () => Promise<void> } {
  const backend: BackendId = exporterOf(manifest)
  let opened: Promise<BackendWorker> | null = null
  return {
    get: () => {
      opened ??= open(backend, log, signal)
      return opened
    },
    close: async () => {
      const worker = await opened?.catch(() => null)
      await worker?.close()
    },
  }
}
