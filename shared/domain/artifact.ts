// The result of one conversion step. The hash covers external data. Does not hold the bytes. If another library than
// the one its target names made the artifact, `kind` and `tools` say so, and it is never offered under the target's
// name.
import { z } from 'zod'
import { artifactKindSchema } from './artifact-kind.ts'
import { type BackendId, readersOfKind } from './backend.ts'
import { instantSchema } from './instant.ts'
import { exporterLabels, exporterNameSchema, weightsOriginSchema } from './model.ts'
import { parityFiguresSchema, parityVerdictSchema } from './parity.ts'
import { pluginFileSchema } from './plugin.ts'
import { type BuildRecord, precisionProofSchema, precisionSchema } from './precision.ts'
import { optimizationRangeSchema } from './recipe.ts'

/** Shares of the whole by type, 0..1: `fp32`, `fp16`, `bf16`, `int8`, `int64`, `other`. */
export const precisionSharesSchema = z.record(z.string(), z.number())

export const keptOperatorSchema = z.object({
  operator: z.string(),
  count: z.number().int().nonnegative(),
  reason: z.string(),
})

export const layerSensitivitySchema = z.object({
  /** Node of the simplified graph. */
  name: z.string(),
  operator: z.string(),
  /** With only this layer in INT8, compared with FP32 on the evaluation images. */
  cosineSimilarity: z.number().nullable(),
  maxAbsError: z.number().nullable(),
})
export type LayerSensitivity = z.infer<typeof layerSensitivitySchema>

/** How an ONNX file was exported from PyTorch. It was kept only because its graph equals the module. */
export const exporterRecordSchema = z.object({
  name: exporterNameSchema,
  /** Batch sizes at which it was compared, each with the same images. */
  batchSizes: z.array(z.number().int().positive()),
  /** Sizes in pixels at which it was compared; two where sizes are dynamic. */
  sizes: z.array(z.object({ height: z.number().int().positive(), width: z.number().int().positive() })),
  /** Largest difference from PyTorch, as a share of the range of its output or of the scores that choose. */
  worstShare: z.number().nonnegative(),
  /** Choices of the highest scores (TopK): compared before, and what follows with the same ones chosen. */
  choiceCount: z.number().int().nonnegative(),
  /** Exporters that were tried first, and why their graph was not kept. */
  refused: z.array(z.object({ name: exporterNameSchema, reason: z.string() })),
  /** Why this one was tried first, if the manifest says so. */
  reason: z.string().nullable(),
})
export type ExporterRecord = z.infer<typeof exporterRecordSchema>

/** `By the dynamo exporter. The TorchScript exporter was refused: its graph is not valid ONNX.` */
export function exporterWords({ name, reason, refused }: ExporterRecord): string {
  const others = refused.map((each) => ` The ${exporterLabels[each.name]} was refused: ${each.reason}.`)
  const why = reason === null || refused.length > 0 ? '' : `, tried first because ${reason}`
  return `By the ${exporterLabels[name]}${why}.${others.join('')}`
}

export const artifactSchema = z.object({
  kind: artifactKindSchema,
  modelId: z.string(),
  precision: precisionSchema,
  opset: z.number().int().nullable(),
  sha256: z.string(),
  /** Absolute. An engine of several files shares its stem; the hash is then over the lines `name sha256`. */
  file: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  buildTimeMs: z.number().nonnegative(),
  /** sha256 of the file it was made from; empty for an export from PyTorch. */
  parents: z.array(z.string()),
  weights: weightsOriginSchema,
  /** Compared with FP32 PyTorch on real images, one entry per batch size; `not-judged` with seeded weights. */
  parity: z.object({
    verdict: parityVerdictSchema,
    reason: z.string(),
    /** The figure that decided; absent if nothing was compared, and in artifacts judged by earlier versions. */
    decidedBy: z.string().optional(),
    byBatchSize: z.array(z.object({ batchSize: z.number().int().positive(), figures: parityFiguresSchema })),
  }),
  /** Share of layers by output type. */
  layerPrecision: precisionSharesSchema.nullable(),
  /** Library name -> version that made it. */
  tools: z.record(z.string(), z.string()),
  /** Absent for a graph that was not exported here, and in artifacts of earlier versions. */
  exporter: exporterRecordSchema.optional(),
  /** All fields below are absent for files that ship with a model, and for artifacts made by older versions. */
  step: z.enum(['export', 'simplify', 'precision', 'engine']).optional(),
  /** The cache key: everything that affects the result. Names its folder. */
  key: z.string().optional(),
  createdAt: instantSchema.optional(),
  /** Share of weight bytes by type. */
  weightPrecision: precisionSharesSchema.nullable().optional(),
  /** An artifact whose proof does not hold is not offered for benchmarking under its label. */
  precisionProof: precisionProofSchema.nullable().optional(),
  keptInFp32: z.array(keptOperatorSchema).optional(),
  batch: optimizationRangeSchema.nullable().optional(),
  size: optimizationRangeSchema.nullable().optional(),
  /** The builder's settings, as read back: `tf32`, `workspaceBytes`, … */
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  activationBytes: z.number().int().nonnegative().nullable().optional(),
  weightBytes: z.number().int().nonnegative().nullable().optional(),
  calibration: z
    .object({
      method: z.string(),
      imageCount: z.number().int().nonnegative(),
      source: z.string(),
      sha256: z.string(),
      elsewhere: z.enum(['fp32', 'fp16']),
      /** The recipe's value; absent if it kept the default. */
      scheme: z.string().optional(),
      overflowFix: z.string().optional(),
    })
    .nullable()
    .optional(),
  sensitivity: z.array(layerSensitivitySchema).nullable().optional(),
  /** Absolute; null if there is none. */
  logFile: z.string().nullable().optional(),
  /** The machine that an engine is bound to: GPU, compute capability, driver; null if it runs anywhere. */
  machine: z.string().nullable().optional(),
  /** The card that an engine was built on. */
  card: z.object({ name: z.string(), uuid: z.string().nullable() }).optional(),
  /** What an engine needs besides TensorRT's own plugins: a copy beside it. Absent if it needs nothing. */
  plugin: pluginFileSchema.optional(),
  /** Number among several builds of the same recipe; absent if it was built once. */
  build: z.number().int().positive().optional(),
  /** True for an engine that was built elsewhere and added with the user's consent. */
  adopted: z.boolean().optional(),
})
export type Artifact = z.infer<typeof artifactSchema>

/** What a worker is told about the build of the file that it runs; null if nothing here built it. */
export function buildRecordOf({
  adopted,
  precisionProof,
  options,
}: Pick<Artifact, 'adopted' | 'precisionProof' | 'options'>): BuildRecord | null {
  if (adopted === true || (!precisionProof && options === undefined)) return null
  return {
    precisionProof: precisionProof ?? null,
    tf32: typeof options?.tf32 === 'boolean' ? options.tf32 : null,
    ...(options?.versionCompatible === true && { versionCompatible: true }),
  }
}

/**
 * Backends that read an artifact. None reads an engine of the test builder: it must never be measured under the name of
 * another library.
 */
export function readersOf({ kind, tools }: Pick<Artifact, 'kind' | 'tools'>): readonly BackendId[] {
  return isOfTestBuilder({ tools }) ? [] : readersOfKind(kind)
}

export function isOfTestBuilder({ tools }: Pick<Artifact, 'tools'>): boolean {
  return Object.values(tools).some((version) => /test builder/i.test(version))
}
