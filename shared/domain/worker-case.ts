// What one worker needs to load one case, and nothing more. Paths are absolute, on this machine.
import { z } from 'zod'
import { backendIdSchema } from './backend.ts'
import { workerDeviceSchema } from './device.ts'
import { modelManifestSchema, weightsOriginSchema } from './model.ts'
import { elementTypeSchema } from './model-input.ts'
import { pluginFileSchema } from './plugin.ts'
import { buildRecordSchema, precisionSchema } from './precision.ts'

export const inputArraySchema = z.object({
  /**
   * .npy, C order, mapped read-only by every worker: float32 [images, channels, height, width], or another type and rank
   * for a model whose manifest lists its inputs. The first dimension counts rows.
   */
  file: z.string(),
  sha256: z.string(),
  shape: z.array(z.number().int().nonnegative()).min(1),
})
export type InputArray = z.infer<typeof inputArraySchema>

/** The rows of one input. A row has no batch dimension; a query stacks its rows along `batchAxis`. */
export const feedSchema = inputArraySchema.extend({
  name: z.string(),
  /** A bfloat16 is stored as the uint16 of its bits, since .npy has no such type. */
  type: elementTypeSchema,
  /** Null: a query takes one row as it is. */
  batchAxis: z.number().int().nonnegative().nullable(),
})
export type Feed = z.infer<typeof feedSchema>

/** Where the weights came from, resolved once for the whole run so that all cases use the same. */
export const resolvedWeightsSchema = z.object({
  origin: weightsOriginSchema,
  folder: z.string().nullable(),
  seed: z.number().int(),
})

/** Resolved weights with what the record says about them. */
export type ResolvedWeights = Readonly<z.infer<typeof resolvedWeightsSchema>> & {
  readonly sha256: string | null
  readonly reason: string
}

export const workerCaseSchema = z.object({
  backend: backendIdSchema,
  precision: precisionSchema,
  model: modelManifestSchema,
  /** Absolute folder of the manifest, for files it names. */
  modelFolder: z.string(),
  weights: resolvedWeightsSchema,
  /** The ONNX file to run; null for backends that use the PyTorch module. */
  onnxFile: z.string().nullable(),
  /** An engine, IR or optimized file to run instead of the ONNX file; absent or null if there is none. */
  engineFile: z.string().nullable().optional(),
  /** Absent or null if nothing here built `engineFile`. */
  buildRecord: buildRecordSchema.nullable().optional(),
  /** What `engineFile` needs besides TensorRT's own plugins; absent for nothing. */
  plugin: pluginFileSchema.optional(),
  batchSize: z.number().int().positive(),
  /** Of the manifest's `input`. */
  input: inputArraySchema,
  /** Of every input, where the manifest lists them; all have as many rows as `input`, or one that goes with each query. */
  feeds: z.array(feedSchema).optional(),
  device: workerDeviceSchema,
  threads: z.number().int().positive(),
  options: z.record(z.string(), z.unknown()),
})
export type WorkerCase = z.infer<typeof workerCaseSchema>
