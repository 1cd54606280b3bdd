// The ONNX file of a model at a precision: a shipped one (or the user's own), else a cached export, else a new export
// by a Python worker. Shipped files are checked against their manifest's hash before anything loads them. Throws
// BenchError `missing-artifact`, `bad-model-file`, `export-failed`, `python-unavailable`.
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Artifact } from '../../shared/domain/artifact.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { bringsWeights, type ModelManifest, ownPrecision, type WeightsOrigin } from '../../shared/domain/model.ts'
import { type Precision, precisionLabel } from '../../shared/domain/precision.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import type { ResolvedWeights } from '../../shared/domain/worker-case.ts'
import { convertCommand, defaultRecipe } from '../../shared/planning/recipe.ts'
import { judgeParity, worstVerdict } from '../../shared/statistics/parity.ts'
import { parityFiguresOf } from '../../shared/statistics/parity-figures.ts'
import type { RequestResult } from '../../shared/worker-protocol/requests.ts'
import type { BackendWorker, TaskProgress } from '../backends/backend-driver.ts'
import { inTemporaryFolder } from '../store/temporary-files.ts'
import { fileSha256, valueSha256 } from './file-hash.ts'
import type { KeyedArtifacts } from './keyed-artifacts.ts'
import { modelFilesSha256 } from './model-files.ts'
import { outputArrays } from './output-arrays.ts'

export interface ExportDependencies {
  readonly keyed: Pick<KeyedArtifacts, 'lookUp' | 'make'>
  readonly taskWorker: () => Promise<BackendWorker>
  /** Versions of the exporting libraries, part of the cache key: another torch makes another file. */
  readonly toolVersions: () => Promise<Readonly<Record<string, string>>>
}

export interface ExportRequest {
  readonly manifest: ModelManifest
  /** As the plan or the recipe names it. */
  readonly model: string
  readonly modelFolder: string
  readonly weights: ResolvedWeights
  readonly opset: number
  /** .npy of preprocessed images, for the comparison with PyTorch; used only if something is exported. */
  readonly inputFile: () => Promise<string>
}

/** Of a user's model, external data included: two models may differ only in their data. Null for any other model. */
function wholeSha256({ source }: ModelManifest): string | null {
  return source.library === 'file' ? source.revision : null
}

/** Null if the model ships none at this precision. */
export async function shippedArtifact(
  manifest: ModelManifest,
  folder: string,
  precision: Precision,
): Promise<Artifact | null> {
  const shipped = manifest.artifacts.find((artifact) => artifact.precision === precision)
  if (shipped === undefined) return null
  const file = resolve(folder, shipped.file)
  const sha256 = wholeSha256(manifest) ?? shipped.sha256
  const found = await stat(file).catch(() => null)
  if (found === null || (await (sha256 === shipped.sha256 ? fileSha256 : modelFilesSha256)(file)) !== sha256) {
    throw new BenchError({
      code: 'bad-model-file',
      stage: 'load',
      message:
        found === null
          ? `${file} is missing.`
          : `${file} is not the file that its manifest describes: its hash differs.`,
      remedy: 'Restore the file, or choose the model again so that it is read again.',
    })
  }
  return {
    kind: shipped.kind,
    modelId: manifest.id,
    precision,
    opset: shipped.opset,
    sha256,
    file,
    sizeBytes: found.size,
    buildTimeMs: 0,
    parents: [],
    weights: 'own',
    parity: { verdict: 'not-judged', reason: 'Ships with the model; compared in every run.', byBatchSize: [] },
    layerPrecision: null,
    tools: {},
  }
}

export function noArtifact(manifest: ModelManifest, precision: Precision): BenchError {
  return new BenchError({
    code: 'missing-artifact',
    stage: 'export',
    message: `${manifest.name} has no ONNX file in ${precisionLabel(precision)}.`,
    remedy: 'Choose FP32, or drop in an ONNX file of that precision.',
  })
}

/** Increase it when the app's own code exports or compares in another way. */
const exportVersion = 2

/** The key does not depend on who exports, so that a run and a conversion share the file. */
export async function exportKey(
  { manifest, weights, opset }: Omit<ExportRequest, 'inputFile' | 'model' | 'modelFolder'>,
  tools: Readonly<Record<string, string>>,
): Promise<string> {
  return valueSha256({
    model: manifest.id,
    source: manifest.source,
    input: manifest.input,
    ...(manifest.inputs && { inputs: manifest.inputs }),
    outputs: manifest.outputs,
    weights: {
      origin: weights.origin,
      sha256: weights.sha256,
      seed: weights.origin === 'seeded' ? weights.seed : null,
    },
    opset,
    exporting: exportVersion,
    exporter: manifest.exporter?.name ?? null,
    tools,
  })
}

export async function exportedArtifact(
  dependencies: ExportDependencies,
  request: ExportRequest,
  onProgress: TaskProgress,
  signal: AbortSignal,
): Promise<Artifact> {
  const { manifest, weights, opset } = request
  const key = await exportKey(request, await dependencies.toolVersions())
  const cached = await dependencies.keyed.lookUp(key)
  if (cached !== null) return cached
  const onWait = () => onProgress(null, 'Waiting for another process that exports the same model')
  return dependencies.keyed.make(key, { signal, onWait }, async (folder) => {
    const file = join(folder, 'model.onnx')
    const worker = await dependencies.taskWorker()
    const [exported, parity] = await inTemporaryFolder('export', async (outputsFolder) => {
      const answer = await worker.request(
        'export-onnx',
        {
          model: manifest,
          modelFolder: request.modelFolder,
          weights: { origin: weights.origin, folder: weights.folder, seed: weights.seed },
          opset,
          inputFile: await request.inputFile(),
          outFile: file,
          outputsFolder,
        },
        signal,
        onProgress,
      )
      return [answer, await exportParity(answer.comparisons, manifest, weights.origin)] as const
    })
    return {
      file,
      recipe: exportRecipe(request, exported.sha256),
      facts: {
        kind: 'onnx',
        modelId: manifest.id,
        precision: 'fp32',
        opset: exported.opset,
        sha256: exported.sha256,
        sizeBytes: exported.sizeBytes,
        buildTimeMs: exported.buildTimeMs,
        parents: [],
        weights: weights.origin,
        parity,
        layerPrecision: null,
        tools: exported.tools,
        exporter: exported.exporter,
        step: 'export',
      },
    }
  })
}

function exportRecipe({ manifest, model, weights, opset }: ExportRequest, sha256: string): Recipe {
  return {
    ...defaultRecipe(manifest, 'onnx', 'fp32'),
    model,
    weights: bringsWeights(manifest) ? { kind: 'auto' } : weightsChoice(weights),
    seed: weights.seed,
    opset,
    simplify: false,
    expected: [{ step: 'export', sha256 }],
  }
}

function weightsChoice({ origin, folder }: ResolvedWeights): Recipe['weights'] {
  if (origin === 'folder' && folder !== null) return { kind: 'folder', folder }
  if (origin === 'seeded' || origin === 'hub') return { kind: origin }
  return { kind: 'auto' }
}

// Why there is no ONNX file of a model in a precision, and the remedy: an existing conversion, or the command that
// converts.

/** @param model as the plan names it: an id, or the user's file. */
export function missingOnnx(
  model: string,
  manifest: ModelManifest,
  precision: Precision,
  converted: readonly Artifact[],
): BenchError {
  const ready = converted.findLast(
    ({ kind, modelId, precision: made, precisionProof }) =>
      kind === 'onnx' && modelId === manifest.id && made === precision && precisionProof?.holds !== false,
  )
  const own = ownPrecision(manifest)
  if (own !== null && own !== 'fp32') {
    return new BenchError({
      code: 'missing-artifact',
      stage: 'export',
      message: `${manifest.name} is stored in ${precisionLabel(own)}, so it does not run in ${precisionLabel(precision)}.`,
      remedy: `Run it as it is: --backends onnxruntime:${own}.`,
    })
  }
  return new BenchError({
    code: 'missing-artifact',
    stage: 'export',
    message: `${manifest.name} ships no ONNX file in ${precisionLabel(precision)}, and a run only exports FP32.`,
    remedy:
      ready === undefined
        ? `Convert it: ${convertCommand(model, 'onnx', precision)}; then run the artifact that it prints.`
        : `Run the one that is converted already: --artifact ${ready.sha256.slice(0, 12)}.`,
  })
}

// The verdict on a new export, compared with PyTorch on outputs that its worker wrote. The worst batch size decides.
// With seeded weights it only checks the graph.
async function exportParity(
  comparisons: RequestResult<'export-onnx'>['comparisons'],
  manifest: ModelManifest,
  weights: WeightsOrigin,
): Promise<Artifact['parity']> {
  const tolerance = manifest.parityTolerance.fp32 ?? null
  const byBatchSize: Artifact['parity']['byBatchSize'] = []
  for (const { batchSize, reference, candidate } of comparisons) {
    const [expected, found] = [await outputArrays(manifest, reference), await outputArrays(manifest, candidate)]
    byBatchSize.push({
      batchSize,
      figures: parityFiguresOf(manifest, expected, found, { photographs: null, labels: null }),
    })
  }
  return { ...worstVerdict(byBatchSize.map(({ figures }) => judgeParity(figures, tolerance, weights))), byBatchSize }
}
