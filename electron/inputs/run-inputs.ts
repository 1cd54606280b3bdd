// What a run needs before its first worker: weights, the input array and the ONNX files, each resolved once so that
// every case uses the same. One Python task worker does what needs Python; it is started only if needed and closed
// before this returns.

import { basename, dirname, join } from 'node:path'
import type { Artifact } from '../../shared/domain/artifact.ts'
import { type BackendId, exporterOf } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import type { ImageSet } from '../../shared/domain/run.ts'
import type { InputArray, ResolvedWeights } from '../../shared/domain/worker-case.ts'
import type { RequestParameters } from '../../shared/worker-protocol/requests.ts'
import type { BackendWorker, OpenTaskWorker, TaskProgress } from '../backends/backend-driver.ts'
import type { ArtifactStore } from '../services.ts'
import { fileSha256, valueSha256 } from './file-hash.ts'
import {
  calibrationPhotographsOf,
  expectUnchanged,
  listImages,
  photographOfShipped,
  type ReadImages,
  readImages,
  withoutChanged,
} from './image-files.ts'
import type { CachedInput, InputCache } from './input-cache.ts'
import { expectToFit } from './input-memory.ts'
import type { KeyedArtifacts } from './keyed-artifacts.ts'
import { readInt64, readNpyHeader } from './npy.ts'
import { exportedArtifact, missingOnnx, shippedArtifact } from './onnx-artifact.ts'

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
    (await preparedImages(
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
  if (manifest.source.library === 'own' || manifest.source.library === 'file') {
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
    const exports = manifest.source.library === 'transformers' || manifest.source.library === 'ultralytics'
    if (!exports || precision !== 'fp32')
      throw missingOnnx(plan.model, manifest, precision, await dependencies.artifacts.list())
    return await exportedArtifact(
      { keyed: dependencies.keyed, taskWorker, toolVersions: dependencies.toolVersions },
      { manifest, modelFolder, weights, opset: plan.opset ?? manifest.defaultOpset, inputFile: async () => inputFile },
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

// The array of preprocessed images that every case of a run uses, the same bytes for all. A model's own test arrays are
// used as they ship, without Python; anything else is decoded once by a Python worker and cached by content. Throws
// BenchError `no-images`, `no-readable-images`, `python-unavailable`, `input-mismatch`.

export interface PreparedInputs {
  readonly input: InputArray
  readonly images: ImageSet
  /** One class index per image, in the array's order; null without labels. */
  readonly labels: readonly number[] | null
  /** The photograph each image was made from, in the array's order; null if the images are not photographs. */
  readonly photographs: readonly string[] | null
}

/** Names of the shipped photographs. */
export const shippedSource = 'shipped photographs'

/** Increase it when preprocessing produces other values, so that older cached arrays are not used. */
const preprocessingVersion = 1

export interface ImageInputsDependencies {
  readonly cache: InputCache
  readonly samplesFolder: string
  readonly taskWorker: () => Promise<BackendWorker>
}

export async function shippedArrays(manifest: ModelManifest, folder: string): Promise<PreparedInputs | null> {
  if (manifest.evaluation === null) return null
  const file = join(folder, manifest.evaluation.inputsFile)
  const [count, ...rest] = (await readNpyHeader(file)).shape
  const [channels, height, width] = rest
  if (count === undefined || channels === undefined || height === undefined || width === undefined || rest.length > 3) {
    throw wrongArrays(file, 'its images are not laid out as count, channels, height, width')
  }
  const labels = (await readInt64(join(folder, manifest.evaluation.labelsFile))).data
  if (labels.length !== count) throw wrongArrays(file, `it holds ${count} images and ${labels.length} labels`)
  return {
    input: { file, sha256: await fileSha256(file), shape: [count, channels, height, width] },
    images: { source: `${manifest.name}: its own test set`, found: count, used: count, notUsed: 0, skipped: [] },
    labels,
    photographs: null,
  }
}

interface ImageFiles {
  readonly manifest: ModelManifest
  readonly files: readonly string[]
  /** For the user. */
  readonly source: string
  readonly height: number
  readonly width: number
  /** Maximum number of readable images, in the order of `files`. */
  readonly limit: number
}

async function preparedImages(
  dependencies: ImageInputsDependencies,
  plan: Plan,
  manifest: ModelManifest,
  onProgress: TaskProgress,
  signal: AbortSignal,
): Promise<PreparedInputs> {
  return preparedFiles(
    dependencies,
    {
      manifest,
      files: await listImages(plan.imageFolder ?? dependencies.samplesFolder),
      source: plan.imageFolder ?? shippedSource,
      height: plan.inputSize ?? manifest.input.height,
      width: plan.inputSize ?? manifest.input.width,
      limit: plan.imageLimit,
    },
    onProgress,
    signal,
  )
}

type PreparedFiles = PreparedInputs & { readonly contents: readonly string[] }

/** The files are in one folder, so their names are unique. What is cached is what the hashes say. */
export function preparedFiles(
  dependencies: ImageInputsDependencies,
  request: ImageFiles,
  onProgress: TaskProgress,
  signal: AbortSignal,
): Promise<PreparedFiles> {
  return withoutChanged(request.files, (files) => preparedOnce(dependencies, { ...request, files }, onProgress, signal))
}

async function preparedOnce(
  dependencies: ImageInputsDependencies,
  { manifest, files, source, height, width, limit }: ImageFiles,
  onProgress: TaskProgress,
  signal: AbortSignal,
): Promise<PreparedFiles> {
  const { cache } = dependencies
  const read = await readImages(files, signal)
  const { readable, contentOf, unreadable } = read
  const key = valueSha256({
    preprocessingVersion,
    contents: [...contentOf.values()],
    names: [...contentOf.keys()],
    limit,
    preprocessing: manifest.preprocessing,
    channels: manifest.input.channels,
    height,
    width,
  })
  const entry =
    (await cache.find(key)) ??
    (await cache.store(key, async (outFile) => {
      const shape = { channels: manifest.input.channels, height, width }
      await expectToFit(shape, Math.min(limit, readable.length), dirname(outFile))
      const parameters = { model: manifest, height, width, files: [...readable], limit, outFile }
      return decode(dependencies, parameters, read, onProgress, signal)
    }))
  const undecoded = entry.skipped.map(({ file, reason }) => ({ file: basename(file), reason }))
  const skipped = [...unreadable, ...undecoded]
  const shipped = await photographOfShipped(dependencies.samplesFolder)
  const contents = entry.used.map((name) => contentOf.get(name) ?? name)
  return {
    input: { file: cache.arrayFile(key), sha256: entry.sha256, shape: entry.shape },
    images: {
      source,
      found: files.length,
      used: entry.used.length,
      notUsed: files.length - entry.used.length - skipped.length,
      skipped,
    },
    labels: null,
    photographs: contents.map((content) => shipped.get(content) ?? content),
    contents,
  }
}

async function decode(
  dependencies: ImageInputsDependencies,
  parameters: RequestParameters<'prepare-inputs'>,
  read: ReadImages,
  onProgress: TaskProgress,
  signal: AbortSignal,
): Promise<Omit<CachedInput, 'sizeBytes'>> {
  const worker = await dependencies.taskWorker()
  const { shape, sha256, used, skipped } = await worker.request('prepare-inputs', parameters, signal, onProgress)
  if ((await fileSha256(parameters.outFile)) !== sha256) {
    throw wrongArrays(parameters.outFile, 'it is not what was written')
  }
  await expectUnchanged(read, [...used, ...skipped.map(({ file }) => file)], signal)
  return { shape, sha256, used: used.map((file) => basename(file)), skipped }
}

function wrongArrays(file: string, why: string): BenchError {
  return new BenchError({
    code: 'input-mismatch',
    stage: 'inputs',
    message: `${file} cannot be used: ${why}.`,
    remedy: 'Restore the files that ship with the model, or empty the cache folder and run again.',
  })
}
