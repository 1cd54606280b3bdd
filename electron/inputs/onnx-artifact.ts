// The ONNX file of a model at a precision: one that ships with it (or is the user's own), else a cached export, else a
// fresh export by a Python worker. Files that ship are checked against their manifest's hash before anything loads them.
// Throws BenchError `missing-artifact`, `bad-model-file`, `export-failed`, `python-unavailable`.
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Artifact } from '../../shared/domain/artifact.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import { type Precision, precisionLabel } from '../../shared/domain/precision.ts'
import type { ArtifactCache } from './artifact-cache.ts'
import { exportParity } from './export-parity.ts'
import { fileSha256, valueSha256 } from './file-hash.ts'
import type { ResolvedWeights, TaskProgress, TaskWorker } from './task-worker.ts'

export interface ExportDependencies {
  readonly cache: ArtifactCache
  readonly taskWorker: () => Promise<TaskWorker>
  /** Versions of the libraries that export, for the cache's key: another torch makes another file. */
  readonly toolVersions: () => Promise<Readonly<Record<string, string>>>
}

export interface ExportRequest {
  readonly manifest: ModelManifest
  readonly modelFolder: string
  readonly weights: ResolvedWeights
  readonly opset: number
  /** .npy of preprocessed images, for the comparison with PyTorch. */
  readonly inputFile: string
}

/** Null where the model ships none at this precision. */
export async function shippedArtifact(
  manifest: ModelManifest,
  folder: string,
  precision: Precision,
): Promise<Artifact | null> {
  const shipped = manifest.artifacts.find((artifact) => artifact.precision === precision)
  if (shipped === undefined) return null
  const file = resolve(folder, shipped.file)
  const found = await stat(file).catch(() => null)
  if (found === null || (await fileSha256(file)) !== shipped.sha256) {
    throw new BenchError({
      code: 'bad-model-file',
      stage: 'load',
      message:
        found === null
          ? `${file} is missing.`
          : `${file} is not the file that its manifest describes: its hash differs.`,
      remedy: 'Restore the file, or choose the model again so that it is read afresh.',
    })
  }
  return {
    kind: shipped.kind,
    modelId: manifest.id,
    precision,
    opset: shipped.opset,
    sha256: shipped.sha256,
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

export async function exportedArtifact(
  dependencies: ExportDependencies,
  request: ExportRequest,
  onProgress: TaskProgress,
  signal: AbortSignal,
): Promise<Artifact> {
  const { manifest, weights, opset } = request
  const key = valueSha256({
    model: manifest.id,
    source: manifest.source,
    input: manifest.input,
    outputs: manifest.outputs,
    weights: {
      origin: weights.origin,
      sha256: weights.sha256,
      seed: weights.origin === 'seeded' ? weights.seed : null,
    },
    opset,
    tools: await dependencies.toolVersions(),
  })
  const cached = await dependencies.cache.find(key)
  if (cached !== null) return cached
  return dependencies.cache.store(key, async (outFile) => {
    const worker = await dependencies.taskWorker()
    const exported = await worker.exportOnnx(
      {
        model: manifest,
        modelFolder: request.modelFolder,
        weights: { origin: weights.origin, folder: weights.folder, seed: weights.seed },
        opset,
        inputFile: request.inputFile,
        outFile,
      },
      onProgress,
      signal,
    )
    return {
      kind: 'onnx',
      modelId: manifest.id,
      precision: 'fp32',
      opset: exported.opset,
      sha256: exported.sha256,
      sizeBytes: exported.sizeBytes,
      buildTimeMs: exported.buildTimeMs,
      parents: [],
      weights: weights.origin,
      parity: exportParity(exported.comparisons, manifest, weights.origin),
      layerPrecision: null,
      tools: exported.tools,
    }
  })
}
