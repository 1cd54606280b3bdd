// One requested conversion, as a file that replays anywhere: the same model, weights and tool versions give the same
// hash for every ONNX step. An engine is not reproducible (equal builds differ in bytes), so it has no expected hash.
// Precision is a transformation of the ONNX graph, never a flag of a builder. Does not hold results.
import { z } from 'zod'
import { conversionTargetSchema } from './artifact-kind.ts'
import { deviceSchema } from './device.ts'
import { type HardwareLevel, hardwareLevels } from './gpu-capability.ts'
import { opsetSchema } from './model.ts'
import { overflowFixSchema } from './overflow-fix.ts'
import { weightsChoiceSchema } from './plan.ts'
import { pluginLibrarySchema } from './plugin.ts'
import { precisionSchema } from './precision.ts'

export const recipeSchemaVersion = 1

/** min ≤ opt ≤ max: batch sizes, or pixels if the model takes several sizes. */
export const optimizationRangeSchema = z.object({
  min: z.number().int().positive(),
  opt: z.number().int().positive(),
  max: z.number().int().positive(),
})
export type OptimizationRange = z.infer<typeof optimizationRangeSchema>

export const calibrationMethodSchema = z.enum(['min-max', 'entropy', 'percentile'])
export type CalibrationMethod = z.infer<typeof calibrationMethodSchema>

/** Number of calibration images that NVIDIA recommends; shown next to the number in use. */
export const advisedCalibrationImages = 500

export const quantizationSchemeSchema = z.enum(['symmetric', 'asymmetric'])

export const calibrationSchema = z.object({
  method: calibrationMethodSchema,
  /** Absolute folder; null for the calibration images that ship with the app or the model. */
  imageFolder: z.string().nullable(),
  imageLimit: z.number().int().positive().max(4096),
  /** Activations with a zero point, as uint8: finer after a ReLU, and refused by TensorRT. Absent: symmetric int8. */
  scheme: quantizationSchemeSchema.optional(),
  /** Layers whose weights keep to 7 bits. Absent: NNCF's default for OpenVINO, otherwise none. */
  overflowFix: overflowFixSchema.optional(),
})
export type Calibration = z.infer<typeof calibrationSchema>

export const defaultCalibration: Calibration = {
  method: 'min-max',
  imageFolder: null,
  imageLimit: advisedCalibrationImages,
}

/** Options of a builder. Each is read back after it is set; an option the library lacks is refused, never ignored. */
export const engineOptionsSchema = z.object({
  workspaceGib: z.number().positive().max(1024),
  /** 0 to 5; null keeps the library's default. */
  optimizationLevel: z.number().int().min(0).max(5).nullable(),
  timingCache: z.boolean(),
  /** Absolute; absent: the app's own. One that cannot be used is refused, any other is read and brought up to date. */
  timingCacheFile: z.string().min(1).optional(),
  versionCompatible: z.boolean(),
  hardwareCompatible: z.boolean(),
  /** Read only with `hardwareCompatible`; absent: every GPU since Ampere. */
  hardwareLevel: z.enum(hardwareLevels).optional(),
  /** Loaded by the builder, and by whatever opens the engine. Absent: only the plugins that TensorRT has itself. */
  plugin: pluginLibrarySchema.optional(),
})
export type EngineOptions = z.infer<typeof engineOptionsSchema>

export const defaultEngineOptions: EngineOptions = {
  workspaceGib: 4,
  optimizationLevel: null,
  timingCache: true,
  versionCompatible: false,
  hardwareCompatible: false,
}

/** What an engine can run on beyond the model of card that builds it; null for nothing else. */
export function hardwareLevelOf({
  hardwareCompatible,
  hardwareLevel = 'ampere-plus',
}: Pick<EngineOptions, 'hardwareCompatible' | 'hardwareLevel'>): HardwareLevel | null {
  return hardwareCompatible ? hardwareLevel : null
}

/** As recipes write it: the first level is not named. */
export function hardwareOptions(
  level: HardwareLevel | null,
): Pick<EngineOptions, 'hardwareCompatible' | 'hardwareLevel'> {
  return {
    hardwareCompatible: level !== null,
    ...(level !== null && level !== 'ampere-plus' && { hardwareLevel: level }),
  }
}

export const recipeSchema = z.object({
  schemaVersion: z.literal(recipeSchemaVersion),
  /** A manifest's id, or an absolute path of the user's .onnx file. */
  model: z.string().min(1),
  weights: weightsChoiceSchema,
  seed: z.number().int().nonnegative().max(4294967295),
  /** `onnx` ends after the ONNX steps; `onnxruntime` is ONNX Runtime's own optimized file. */
  to: conversionTargetSchema,
  /** `tf32` differs from `fp32` only in the engine: the builder's TF32 switch, recorded either way. */
  precision: precisionSchema,
  /**
   * The precision of layers that are not in INT8 or FP8; null for every other precision. FP16 here needs opset 19 or
   * later.
   */
  elsewhere: z.enum(['fp32', 'fp16']).nullable(),
  opset: opsetSchema,
  simplify: z.boolean(),
  batch: optimizationRangeSchema,
  /** Pixels, height and width alike; null keeps the manifest's size. Only if the manifest has dynamicSize. */
  size: optimizationRangeSchema.nullable(),
  /** Operators that stay FP32; null uses the manifest's list. */
  keepOperators: z.array(z.string()).nullable(),
  /** Names of single nodes that stay in higher precision, as in a sensitivity table. */
  keepNodes: z.array(z.string()),
  /** Null unless INT8 or FP8. */
  calibration: calibrationSchema.nullable(),
  /** Whether to measure, after INT8, each layer's parity cost. */
  sensitivity: z.boolean(),
  /** The card that the engine is built on; absent: the first. Only for targets that are built on a GPU. */
  device: deviceSchema.optional(),
  /** Null if the target has no builder. */
  engine: engineOptionsSchema.nullable(),
  /** Number among several builds of the same engine; absent for a single build. Each is built from scratch. */
  build: z.number().int().positive().max(1_000_000).optional(),
  /** Hashes of the ONNX steps when this recipe was written; a replay reports which differ. Empty if it never ran. */
  expected: z.array(z.object({ step: z.string(), sha256: z.string() })),
})
export type Recipe = z.infer<typeof recipeSchema>
