// What conversions would have given, made up: artifacts with their parents, and records in every state.

import type { Artifact } from '../../shared/domain/artifact.ts'
import type { ConversionTarget } from '../../shared/domain/artifact-kind.ts'
import type { ConversionRecord, ConversionStepName } from '../../shared/domain/conversion.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { ParityFigures } from '../../shared/domain/parity.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import { defaultRecipe } from '../../shared/planning/recipe.ts'
import { exampleManifest } from './example-answers.ts'

const backends = ['torch-eager', 'onnxruntime', 'onnxruntime-node', 'tensorrt', 'openvino'] as const

const tolerances: ModelManifest['parityTolerance'] = {
  fp32: { cosinePass: 0.99999, cosineWarn: 0.9999, maxAbsPass: 0.001 },
  fp16: { cosinePass: 0.999, cosineWarn: 0.99, maxAbsPass: 0.01 },
  int8: { cosinePass: 0.99, cosineWarn: 0.95, maxAbsPass: null },
}

export const convertibleModels: readonly ModelManifest[] = [
  {
    ...exampleManifest('clip-vit-b32', 'CLIP ViT-B/32', backends),
    parityTolerance: tolerances,
    keepInFp32: [
      { operator: 'LayerNormalization', reason: 'squared activations can leave the range of half precision' },
      { operator: 'Softmax', reason: 'its sums lose small terms in half precision' },
    ],
  },
  {
    ...exampleManifest('detr-resnet-50', 'DETR ResNet-50', backends),
    task: 'object-detection',
    parameterCount: 41_524_768,
    parityTolerance: tolerances,
    input: {
      ...exampleManifest('detr', 'DETR', backends).input,
      height: 800,
      width: 800,
      dynamicSize: true,
      sizeMultiple: 32,
    },
  },
  {
    ...exampleManifest('yolos-tiny', 'YOLOS-tiny', backends),
    task: 'object-detection',
    parameterCount: 6_488_736,
    parityTolerance: tolerances,
  },
  {
    ...exampleManifest('efficientnet-b0', 'EfficientNet-B0', backends),
    task: 'image-classification',
    parameterCount: 5_288_548,
  },
  exampleManifest('digits', 'Digits', backends),
  {
    ...exampleManifest('yolo11n', 'YOLO11n', ['ultralytics']),
    source: { library: 'ultralytics', repository: 'yolo11n.yaml', revision: null, weightsFile: null },
    parameterCount: 2_616_248,
  },
]

export function hashOf(name: string): string {
  let state = 7
  return Array.from({ length: 64 }, (_, index) => {
    state = (state * 31 + name.charCodeAt(index % name.length) + index) % 65_521
    return (state % 16).toString(16)
  }).join('')
}

interface Made {
  readonly cosine?: number
  readonly nonFinite?: number
  readonly reason?: string
  readonly verdict?: Artifact['parity']['verdict']
  readonly change?: Partial<Artifact>
}

function figures(made: Made): ParityFigures {
  return {
    cosineSimilarity: made.cosine ?? 0.99991,
    maxAbsError: 0.0031,
    meanAbsError: 0.0004,
    nonFiniteCount: made.nonFinite ?? 0,
    top1Agreement: null,
    neighbourAgreement: 1,
    imageCount: 64,
  }
}

function exampleArtifact(
  name: string,
  basis: Pick<Artifact, 'kind' | 'modelId' | 'precision' | 'sizeBytes' | 'buildTimeMs' | 'parents'>,
  made: Made = {},
): Artifact {
  const verdict = made.verdict ?? 'pass'
  return {
    ...basis,
    opset: basis.kind === 'onnx' ? 18 : null,
    sha256: hashOf(name),
    key: hashOf(`key of ${name}`),
    file: `/home/you/artifacts/${name}`,
    weights: 'hub',
    parity: {
      verdict,
      reason: made.reason ?? 'parity of the ONNX file that it was built from',
      byBatchSize: verdict === 'not-judged' ? [] : [{ batchSize: 1, figures: figures(made) }],
    },
    layerPrecision: null,
    tools: { onnx: '1.23.2' },
    createdAt: '2026-11-24T06:15:00.000Z',
    batch: { min: 1, opt: 8, max: 16 },
    logFile: null,
    ...made.change,
  }
}

const testBuilder = { 'TensorRT-RTX': '1.7.1, test builder', 'tensorrt bindings': '11.4.0.106' }

interface EngineOf {
  readonly name: string
  readonly modelId: string
  readonly precision: Precision
  readonly parent: string
  readonly sizeBytes: number
  readonly buildTimeMs: number
  readonly tools?: Record<string, string>
  readonly share: number
}

function exampleEngine(of: EngineOf, made: Made = {}): Artifact {
  const tools = of.tools ?? { TensorRT: '11.4.0.106' }
  const rest = of.precision === 'int8' ? { fp16: 0.24, fp32: Number((0.76 - of.share).toFixed(4)) } : {}
  const own = of.precision === 'tf32' ? 'fp32' : of.precision
  const shares =
    of.precision === 'fp16' ? { fp16: of.share, fp32: Number((1 - of.share).toFixed(4)) } : { [own]: of.share, ...rest }
  return exampleArtifact(
    of.name,
    {
      kind: tools === testBuilder ? 'tensorrt-rtx-engine' : 'tensorrt-engine',
      modelId: of.modelId,
      precision: of.precision,
      sizeBytes: of.sizeBytes,
      buildTimeMs: of.buildTimeMs,
      parents: [hashOf(of.parent)],
    },
    {
      ...made,
      change: {
        step: 'engine',
        tools,
        layerPrecision: shares,
        weightPrecision: of.precision === 'fp16' ? { fp16: 0.999, fp32: 0.001 } : shares,
        precisionProof: {
          holds: true,
          label: of.precision,
          method: 'network before the build',
          evidence: ['MatMul: 72 float16'],
        },
        options: { tf32: false, workspaceBytes: 4 * 1024 ** 3, optimizationLevel: null },
        activationBytes: 14 * 1024 * 1024,
        weightBytes: Math.round(of.sizeBytes * 0.97),
        ...made.change,
      },
    },
  )
}

const clip = { modelId: 'clip-vit-b32' }
const kept = [
  { operator: 'LayerNormalization', count: 26, reason: 'squared activations can leave the range of half precision' },
  { operator: 'Softmax', count: 12, reason: 'its sums lose small terms in half precision' },
]

function onnxOf(modelId: string, sizeBytes: number, buildTimeMs: number): Artifact {
  const basis = { kind: 'onnx' as const, modelId, precision: 'fp32' as const, sizeBytes, buildTimeMs, parents: [] }
  return exampleArtifact(`${modelId} onnx`, basis, { cosine: 1, change: { step: 'export' } })
}

function transformedOf(modelId: string, precision: Precision, sizeBytes: number, change: Partial<Artifact>): Artifact {
  const basis = {
    kind: 'onnx' as const,
    modelId,
    precision,
    sizeBytes,
    buildTimeMs: 3_200,
    parents: [hashOf(`${modelId} onnx`)],
  }
  return exampleArtifact(`${modelId} ${precision}`, basis, { change: { step: 'precision', ...change } })
}

export const exampleSensitivity = Array.from({ length: 18 }, (_, index) => ({
  name: `/encoder/layers.${index % 12}/${index % 2 === 0 ? 'mlp/fc2' : 'attn/out'}/MatMul`,
  operator: 'MatMul',
  cosineSimilarity: 1 - 0.02 / (index + 1) ** 1.6,
  maxAbsError: 0.8 / (index + 1),
}))

const calibration = {
  method: 'entropy',
  imageCount: 512,
  source: '/home/you/pictures',
  sha256: hashOf('calibration'),
  elsewhere: 'fp16' as const,
}

export const exampleArtifacts: readonly Artifact[] = [
  onnxOf('clip-vit-b32', 351e6, 7_100),
  transformedOf('clip-vit-b32', 'fp16', 176e6, { keptInFp32: kept }),
  transformedOf('clip-vit-b32', 'int8', 90e6, { calibration, sensitivity: exampleSensitivity }),
  exampleEngine(
    {
      ...clip,
      name: 'clip fp32 engine',
      precision: 'fp32',
      parent: 'clip-vit-b32 onnx',
      sizeBytes: 372e6,
      buildTimeMs: 61_000,
      share: 1,
    },
    { cosine: 1 },
  ),
  exampleEngine(
    {
      ...clip,
      name: 'clip fp16 engine',
      precision: 'fp16',
      parent: 'clip-vit-b32 fp16',
      sizeBytes: 190e6,
      buildTimeMs: 48_000,
      share: 0.982,
    },
    { change: { keptInFp32: kept } },
  ),
  exampleEngine(
    {
      ...clip,
      name: 'clip int8 engine',
      precision: 'int8',
      parent: 'clip-vit-b32 int8',
      sizeBytes: 118e6,
      buildTimeMs: 74_000,
      share: 0.71,
    },
    {
      verdict: 'fail',
      cosine: 0.9617,
      reason: 'cosine 0.9617 is below 0.99',
      change: { calibration },
    },
  ),
  onnxOf('detr-resnet-50', 167e6, 3_400),
  transformedOf('detr-resnet-50', 'fp16', 84e6, { keptInFp32: kept.slice(0, 1) }),
  exampleEngine(
    {
      name: 'detr fp32 engine',
      modelId: 'detr-resnet-50',
      precision: 'fp32',
      parent: 'detr-resnet-50 onnx',
      sizeBytes: 176e6,
      buildTimeMs: 83_000,
      share: 1,
    },
    { cosine: 0.99999 },
  ),
  onnxOf('yolos-tiny', 26e6, 2_200),
  transformedOf('yolos-tiny', 'fp16', 13e6, { keptInFp32: kept.slice(1) }),
  exampleEngine(
    {
      name: 'yolos fp16 engine',
      modelId: 'yolos-tiny',
      precision: 'fp16',
      parent: 'yolos-tiny fp16',
      sizeBytes: 14e6,
      buildTimeMs: 39_000,
      share: 0.97,
    },
    { verdict: 'fail', cosine: 0.31, nonFinite: 1_204, reason: '1204 values are NaN or infinite' },
  ),
]

/** The same model built by what stands in for TensorRT in tests. */
export const testBuilderArtifacts: readonly Artifact[] = [
  onnxOf('clip-vit-b32', 351e6, 7_100),
  transformedOf('clip-vit-b32', 'fp16', 176e6, { keptInFp32: kept }),
  exampleEngine({
    ...clip,
    name: 'rtx fp16',
    precision: 'fp16',
    parent: 'clip-vit-b32 fp16',
    sizeBytes: 190e6,
    buildTimeMs: 48_000,
    share: 0.982,
    tools: testBuilder,
  }),
  exampleEngine(
    {
      ...clip,
      name: 'rtx fp32',
      precision: 'fp32',
      parent: 'clip-vit-b32 onnx',
      sizeBytes: 372e6,
      buildTimeMs: 61_000,
      share: 1,
      tools: testBuilder,
    },
    {
      change: {
        precisionProof: {
          holds: false,
          label: 'fp32 with TF32 allowed',
          method: 'flags read back',
          evidence: ['tf32 = true'],
        },
      },
    },
  ),
]

export function exampleRecipe(
  model: string,
  to: ConversionTarget,
  precision: Precision,
  change: Partial<Recipe> = {},
): Recipe {
  const manifest = convertibleModels.find(({ id }) => id === model)
  if (!manifest) throw new Error(`no example model ${model}`)
  return { ...defaultRecipe(manifest, to, precision), ...change }
}

export function exampleConversion(
  conversionId: string,
  recipe: Recipe,
  change: Partial<ConversionRecord> & { readonly at: ConversionStepName },
): ConversionRecord {
  const { at, ...rest } = change
  const names: ConversionStepName[] = ['export', 'precision', 'engine', 'parity']
  const ended = { failed: 'failed', cancelled: 'cancelled', running: 'running' } as const
  const state = rest.state ?? 'running'
  const steps = names.map((name, index) => {
    const reached = names.indexOf(at)
    const now = state === 'failed' || state === 'cancelled' || state === 'running' ? ended[state] : 'waiting'
    return {
      name,
      state: index < reached ? ('done' as const) : index === reached ? now : ('waiting' as const),
      artifactKey:
        index >= reached ? null : hashOf(`key of ${recipe.model} ${name === 'export' ? 'onnx' : recipe.precision}`),
      elapsedMs: index < reached ? 2_000 : null,
      reason: null,
    }
  })
  return {
    schemaVersion: 1,
    conversionId,
    createdAt: '2026-11-24T07:00:00.000Z',
    endedAt: null,
    modelName: convertibleModels.find(({ id }) => id === recipe.model)?.name ?? recipe.model,
    recipe,
    state,
    steps,
    error: null,
    warnings: [],
    ...rest,
  }
}

export const detrBuilding = exampleConversion('detr-1', exampleRecipe('detr-resnet-50', 'tensorrt', 'fp16'), {
  at: 'engine',
})

export const detrWithoutTensorrt = exampleConversion('detr-2', exampleRecipe('detr-resnet-50', 'tensorrt', 'fp16'), {
  at: 'engine',
  state: 'failed',
  error: {
    code: 'backend-unavailable',
    stage: 'build',
    message: 'TensorRT is not installed here, so the engine was not built.',
    remedy: 'Install it in Setup, then retry; the ONNX steps are kept.',
    cause: null,
  },
})
