// Holds an artifact against FP32 PyTorch (or, for the user's own ONNX file, against that file in ONNX Runtime) on
// evaluation images, batch size by batch size. What runs is the artifact itself where a backend here reads it, else the
// ONNX file that it was built from. Whatever keeps the comparison from being made is a verdict `not-judged` with its
// reason, never a failed conversion; only cancelling, a full disk and bugs are thrown. Leaves no worker and no output
// behind. Measures no time.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { BackendId } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { ParityFigures } from '../../shared/domain/parity.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import type { OptimizationRange } from '../../shared/domain/recipe.ts'
import type { ResolvedWeights } from '../../shared/domain/worker-case.ts'
import type { OutputArray } from '../../shared/statistics/compare-outputs.ts'
import { judgeParity, worstVerdict } from '../../shared/statistics/parity.ts'
import { parityFiguresOf } from '../../shared/statistics/parity-figures.ts'
import type { BackendDriver, TaskProgress } from '../backends/backend-driver.ts'
import { outputArrays } from '../inputs/output-arrays.ts'
import type { PreparedInputs } from '../inputs/prepared-inputs.ts'
import { type ArtifactRunner, artifactRunner } from './artifact-runner.ts'
import { writeCaseOutputs } from './case-outputs.ts'
import { referenceOutputs } from './reference-outputs.ts'

export interface ArtifactParityDependencies {
  readonly drivers: ReadonlyMap<BackendId, BackendDriver>
  /** Cached reference outputs, content-addressed; safe to delete. */
  readonly referencesFolder: string
  /** Versions of the libraries that make references (torch, …), for their key. */
  readonly toolVersions: () => Promise<Readonly<Record<string, string>>>
  readonly threads: number
}

export interface ArtifactParityRequest {
  readonly manifest: ModelManifest
  readonly modelFolder: string
  readonly weights: ResolvedWeights
  readonly precision: Precision
  /** What computes where INT8 does not; null for every other precision. */
  readonly elsewhere: 'fp32' | 'fp16' | null
  /** The ONNX file that the artifact is, or was built from. */
  readonly onnxFile: string
  /** The engine, IR or optimized file; null where the artifact is the ONNX file itself. */
  readonly engine: Pick<Artifact, 'kind' | 'tools' | 'file'> | null
  /** The user's own FP32 file where the model is one (`source.library` is `file`); null elsewhere. */
  readonly ownFile: { readonly file: string; readonly sha256: string } | null
  readonly evaluation: PreparedInputs
  /** One entry a batch size in the answer; see parityBatchSizes. */
  readonly batchSizes: readonly number[]
  readonly onProgress: TaskProgress
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

export interface ArtifactParity {
  readonly verdict: Artifact['parity']['verdict']
  readonly reason: string
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

export function createArtifactParity(dependencies: ArtifactParityDependencies): JudgeArtifact {
  return async (request) => {
    const folder = await mkdtemp(join(tmpdir(), 'enginebench-parity-'))
    try {
      return await judge(dependencies, request, folder)
    } catch (error) {
      request.signal.throwIfAborted()
      if (!(error instanceof BenchError) || error.record.code === 'disk-full') throw error
      return notJudged(`It could not be compared: ${error.record.message}`)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}

async function judge(
  dependencies: ArtifactParityDependencies,
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
    verdict: worst.verdict,
    reason: `${worst.reason}${aside}`,
    byBatchSize,
    comparedBy: runner.isArtifactItself ? runner.name : `${runner.name}, ${parentWords}`,
    isOfParent: !runner.isArtifactItself,
  }
}

const parentWords = 'parity of the ONNX file that it was built from'

/** The same finding as the parent's own: without the words that say whose it is. */
export function parityOfParent({ verdict, reason, byBatchSize }: ArtifactParity): Artifact['parity'] {
  return { verdict, reason: reason.replace(`; ${parentWords}`, ''), byBatchSize }
}

async function candidateOutputs(
  { threads }: ArtifactParityDependencies,
  { manifest, modelFolder, weights, evaluation, log, signal }: ArtifactParityRequest,
  runner: ArtifactRunner,
  batchSize: number,
  folder: string,
): Promise<readonly OutputArray[]> {
  const written = await writeCaseOutputs({
    driver: runner.driver,
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
      threads,
    },
  })
  return outputArrays(manifest, written)
}

function notJudged(reason: string): ArtifactParity {
  return { verdict: 'not-judged', reason, byBatchSize: [], comparedBy: null, isOfParent: false }
}
