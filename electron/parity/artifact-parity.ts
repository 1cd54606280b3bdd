// Holds an artifact against FP32 PyTorch (or, for the user's own ONNX file, against that file in ONNX Runtime) on
// evaluation images, batch size by batch size. What runs is the artifact itself where a backend here reads it, else the
// ONNX file that it was built from. Whatever keeps the comparison from being made is a verdict `not-judged` with its
// reason; thrown are a worker that ended by itself, cancelling, a full disk and bugs. Leaves no worker and no output
// behind. Measures no time.
import { join } from 'node:path'
import { type Artifact, readersOf } from '../../shared/domain/artifact.ts'
import { type BackendId, backendLabels } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ParityFigures } from '../../shared/domain/parity.ts'
import { type Precision, precisionLabel } from '../../shared/domain/precision.ts'
import type { OptimizationRange } from '../../shared/domain/recipe.ts'
import type { WorkerCase } from '../../shared/domain/worker-case.ts'
import type { OutputArray } from '../../shared/statistics/output-array.ts'
import { judgeParity, worstVerdict } from '../../shared/statistics/parity.ts'
import { parityFiguresOf } from '../../shared/statistics/parity-figures.ts'
import { type BackendDriver, isWorkersEnd } from '../backends/backend-driver.ts'
import { outputArrays } from '../inputs/output-arrays.ts'
import { inTemporaryFolder } from '../store/temporary-files.ts'
import {
  type ReferenceDependencies,
  type ReferenceRequest,
  referenceOutputs,
  writeCaseOutputs,
} from './reference-outputs.ts'

export interface ArtifactParityRequest extends ReferenceRequest {
  readonly precision: Precision
  /** Precision of the layers outside INT8 or FP8; null for every other precision. */
  readonly elsewhere: 'fp32' | 'fp16' | null
  /** The ONNX file that the artifact is, or was built from. */
  readonly onnxFile: string
  /** The engine, IR or optimized file; null where the artifact is the ONNX file itself. */
  readonly engine: Pick<Artifact, 'kind' | 'tools' | 'file' | 'plugin'> | null
  /** The only card that a reader of the engine sees; null to leave it. */
  readonly visibleGpu: string | null
  /** One entry a batch size in the answer; see parityBatchSizes. */
  readonly batchSizes: readonly number[]
}

export interface ArtifactParity {
  readonly verdict: Artifact['parity']['verdict']
  readonly reason: string
  readonly decidedBy?: string
  readonly byBatchSize: Artifact['parity']['byBatchSize']
  /** What ran, for the user: `ONNX Runtime (Python), the ONNX file that it was built from`; null where nothing did. */
  readonly comparedBy: string | null
  /** True where an engine could not run here and the ONNX file that it was built from ran instead. */
  readonly isOfParent: boolean
}

export type JudgeArtifact = (request: ArtifactParityRequest) => Promise<ArtifactParity>

/** The profile's opt and 1, within the profile and the number of images. */
export function parityBatchSizes({ min, opt, max }: OptimizationRange, imageCount: number): readonly number[] {
  const within = (size: number) => Math.max(min, Math.min(size, max, Math.max(1, imageCount)))
  return [...new Set([within(opt), within(1)])]
}

export function createArtifactParity(dependencies: ReferenceDependencies): JudgeArtifact {
  return async (request) => {
    try {
      return await inTemporaryFolder('parity', (folder) => judge(dependencies, request, folder))
    } catch (error) {
      request.signal.throwIfAborted()
      if (!(error instanceof BenchError) || error.record.code === 'disk-full' || isWorkersEnd(error)) throw error
      return notJudged(`It could not be compared: ${error.record.message}`)
    }
  }
}

async function judge(
  dependencies: ReferenceDependencies,
  request: ArtifactParityRequest,
  folder: string,
): Promise<ArtifactParity> {
  const { manifest, precision, weights, evaluation, batchSizes, onProgress } = request
  const runner = await artifactRunner(dependencies.drivers, request)
  if ('reason' in runner) return notJudged(runner.reason)
  const reference = await referenceOutputs(dependencies, request)
  const byBatchSize: { batchSize: number; figures: ParityFigures }[] = []
  for (const [index, batchSize] of batchSizes.entries()) {
    onProgress(index / batchSizes.length, `Comparing at batch ${batchSize} with ${runner.name}`)
    const outputs = await candidateOutputs(dependencies, request, runner, batchSize, join(folder, String(batchSize)))
    byBatchSize.push({ batchSize, figures: parityFiguresOf(manifest, reference, outputs, evaluation) })
  }
  const tolerance = manifest.parityTolerance[precision] ?? null
  const worst = worstVerdict(byBatchSize.map(({ figures }) => judgeParity(figures, tolerance, weights.origin)))
  const aside = runner.isArtifactItself ? '' : `; ${parentWords}`
  return {
    ...worst,
    reason: `${worst.reason}${aside}`,
    byBatchSize,
    comparedBy: runner.isArtifactItself ? runner.name : `${runner.name}, ${parentWords}`,
    isOfParent: !runner.isArtifactItself,
  }
}

const parentWords = 'parity of the ONNX file that it was built from'

/** The same finding as the parent's own: without the words that say whose it is. */
export function parityOfParent({ comparedBy, isOfParent, reason, ...parity }: ArtifactParity): Artifact['parity'] {
  return { ...parity, reason: reason.replace(`; ${parentWords}`, '') }
}

async function candidateOutputs(
  { threads }: ReferenceDependencies,
  { manifest, modelFolder, weights, evaluation, visibleGpu, log, signal }: ArtifactParityRequest,
  runner: ArtifactRunner,
  batchSize: number,
  folder: string,
): Promise<readonly OutputArray[]> {
  const written = await writeCaseOutputs({
    driver: runner.driver,
    visibleGpu: runner.case.device === 'cuda' ? visibleGpu : null,
    folder,
    log,
    signal,
    workerCase: {
      ...runner.case,
      model: manifest,
      modelFolder,
      weights: { origin: weights.origin, folder: weights.folder, seed: weights.seed },
      batchSize,
      input: evaluation.input,
      ...(evaluation.feeds && { feeds: [...evaluation.feeds] }),
      threads,
    },
  })
  return outputArrays(manifest, written)
}

function notJudged(reason: string): ArtifactParity {
  return { verdict: 'not-judged', reason, byBatchSize: [], comparedBy: null, isOfParent: false }
}

// Which backend of this machine can give an artifact's outputs: one that reads the artifact itself, else ONNX Runtime
// with the ONNX file that it was built from. Tells which, since the second proves the graph and not the engine.
export interface ArtifactRunner {
  readonly driver: BackendDriver
  readonly case: Pick<WorkerCase, 'backend' | 'precision' | 'onnxFile' | 'engineFile' | 'plugin' | 'device' | 'options'>
  /** What ran, for the user. */
  readonly name: string
  readonly isArtifactItself: boolean
}

type Drivers = ReadonlyMap<BackendId, BackendDriver>

async function artifactRunner(
  drivers: Drivers,
  {
    engine,
    onnxFile,
    precision,
    elsewhere,
  }: Pick<ArtifactParityRequest, 'engine' | 'onnxFile' | 'precision' | 'elsewhere'>,
): Promise<ArtifactRunner | { readonly reason: string }> {
  const reader = engine === null ? null : await firstAble(drivers, readersOf(engine), precision)
  if (engine !== null && reader !== null) {
    return {
      driver: reader.driver,
      case: {
        ...caseOn(reader, precision),
        onnxFile: null,
        engineFile: engine.file,
        ...(engine.plugin && { plugin: engine.plugin }),
        options: exactKernels(reader.driver.id, precision),
      },
      name: backendLabels[reader.driver.id],
      isArtifactItself: true,
    }
  }
  if (precision === 'bf16') return { reason: 'not judged: ONNX Runtime has no BF16 kernels here' }
  const stored = runAsFp32.includes(precision) ? 'fp32' : precision
  const runtime = await firstAble(drivers, ['onnxruntime', 'onnxruntime-node'], stored)
  if (runtime === null) return { reason: `not judged: no ONNX Runtime here runs ${precisionLabel(stored)}` }
  return {
    driver: runtime.driver,
    case: {
      ...caseOn(runtime, stored),
      onnxFile,
      engineFile: null,
      // Its optimizer fuses FP16 scales into what its kernels do not compute.
      options: {
        ...exactKernels(runtime.driver.id, precision),
        ...(fusesWrongly(precision, elsewhere) && { graphOptimization: 'disabled' }),
      },
    },
    name: backendLabels[runtime.driver.id],
    isArtifactItself: engine === null,
  }
}

/**
 * TF32 is a switch of the engine: its file is the FP32 one. ONNX Runtime widens FP8 and INT4 weights and multiplies in
 * the type of the other layers: it rounds as the engine does, which is what is judged.
 */
const runAsFp32: readonly Precision[] = ['tf32', 'fp8', 'int4-weights']

function fusesWrongly(precision: Precision, elsewhere: ArtifactParityRequest['elsewhere']): boolean {
  if (precision === 'int8') return elsewhere === 'fp16'
  return precision === 'fp8' || precision === 'int4-weights'
}

/** The file is judged, not this processor: without VNNI, ONNX Runtime's fast INT8 kernels saturate. */
function exactKernels(backend: BackendId, precision: Precision): WorkerCase['options'] {
  const isRuntime = backend === 'onnxruntime' || backend === 'onnxruntime-node'
  return isRuntime && precision === 'int8' ? { int8Kernels: 'exact' } : {}
}

interface Able {
  readonly driver: BackendDriver
  readonly device: WorkerCase['device']
}

async function firstAble(drivers: Drivers, ids: readonly BackendId[], precision: Precision): Promise<Able | null> {
  for (const id of ids) {
    const driver = drivers.get(id)
    const status = await driver?.describe()
    if (driver === undefined || status?.available !== true || !status.precisions.includes(precision)) continue
    return { driver, device: status.devices.includes('cpu') ? 'cpu' : 'cuda' }
  }
  return null
}

function caseOn({ driver, device }: Able, precision: Precision) {
  return { backend: driver.id, precision, device }
}
