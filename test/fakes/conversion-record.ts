import type { Artifact } from '../../shared/domain/artifact.ts'
import type { ConversionRecord } from '../../shared/domain/conversion.ts'
import { defaultEngineOptions, type Recipe } from '../../shared/domain/recipe.ts'

export const fakeArtifactKey = 'a1'.repeat(32)

/** FP16 for TensorRT, of a model that ships with the app. */
export function fakeRecipe(overrides: Partial<Recipe> = {}): Recipe {
  return {
    schemaVersion: 1,
    model: 'digits',
    weights: { kind: 'auto' },
    seed: 1,
    to: 'tensorrt',
    precision: 'fp16',
    elsewhere: null,
    opset: 17,
    simplify: true,
    batch: { min: 1, opt: 8, max: 16 },
    size: null,
    keepOperators: null,
    keepNodes: [],
    calibration: null,
    sensitivity: false,
    engine: defaultEngineOptions,
    expected: [],
    ...overrides,
  }
}

export function fakeConversionRecord(overrides: Partial<ConversionRecord> = {}): ConversionRecord {
  return {
    schemaVersion: 1,
    conversionId: 'conversion-a',
    createdAt: '2026-11-24T06:00:00.000Z',
    endedAt: null,
    modelName: 'Digits',
    recipe: fakeRecipe(),
    state: 'queued',
    steps: [{ name: 'export', state: 'waiting', artifactKey: null, elapsedMs: null, reason: null }],
    error: null,
    warnings: [],
    ...overrides,
  }
}

/** An exported ONNX file that nothing was compared with yet. */
export function fakeArtifact(overrides: Partial<Artifact> = {}): Artifact {
  return {
    kind: 'onnx',
    modelId: 'digits',
    precision: 'fp32',
    opset: 17,
    sha256: 'b2'.repeat(32),
    file: '/data/artifacts/a1/model.onnx',
    sizeBytes: 150_000,
    buildTimeMs: 1200,
    parents: [],
    weights: 'own',
    parity: { verdict: 'not-judged', reason: 'not compared', byBatchSize: [] },
    layerPrecision: { fp32: 1 },
    tools: { onnx: '1.23.2' },
    key: fakeArtifactKey,
    ...overrides,
  }
}
