// What one worker needs to load one case, and nothing more. Paths are absolute, on this machine.
import { z } from 'zod'
import { backendIdSchema } from './backend.ts'
import { workerDeviceSchema } from './device.ts'
import { modelManifestSchema, weightsOriginSchema } from './model.ts'
import { pluginFileSchema } from './plugin.ts'
import { buildRecordSchema, precisionSchema } from './precision.ts'

export const inputArraySchema = z.object({
  /** float32 .npy, C order, shape [images, channels, height, width]; mapped read-only by every worker. */
  file: z.string(),
  sha256: z.string(),
  shape: z.array(z.number().int().positive()).length(4),
})
export type InputArray = z.infer<typeof inputArraySchema>

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
  input: inputArraySchema,
  device: workerDeviceSchema,
  threads: z.number().int().positive(),
  options: z.record(z.string(), z.unknown()),
})
export type WorkerCase = z.infer<typeof workerCaseSchema>
