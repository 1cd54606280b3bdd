// A model's manifest (models/<id>/model.json): everything the app knows about a model except its weights. Shapes are
// NCHW; sizes in pixels. Does not hold weights or their location on this machine.
import { z } from 'zod'
import { precisionSchema } from './precision.ts'

export const weightsOriginSchema = z.enum(['hub', 'folder', 'seeded', 'own'])
export type WeightsOrigin = z.infer<typeof weightsOriginSchema>

export const preprocessingSchema = z.object({
  /** `none`: inputs ship as arrays. `shortest-edge` then crop; `exact` stretches; `letterbox` pads with `padValue`. */
  resize: z.enum(['none', 'shortest-edge', 'exact', 'letterbox']),
  interpolation: z.enum(['bilinear', 'bicubic']),
  centerCrop: z.boolean(),
  padValue: z.number().int().min(0).max(255),
  /** Multiplied before mean and standard deviation: 1/255. */
  rescale: z.number(),
  mean: z.array(z.number()),
  standardDeviation: z.array(z.number()),
})
export type Preprocessing = z.infer<typeof preprocessingSchema>

export const toleranceSchema = z.object({
  /** Smallest cosine similarity that passes, and the one that still only warns. */
  cosinePass: z.number(),
  cosineWarn: z.number(),
  /** Largest absolute difference that passes; null if only the cosine judges. */
  maxAbsPass: z.number().nullable(),
})

export const shippedArtifactSchema = z.object({
  kind: z.literal('onnx'),
  precision: precisionSchema,
  /** Relative to the manifest's folder. */
  file: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  opset: z.number().int(),
})

/** Opsets that PyTorch's exporter writes as asked. */
export const opsetSchema = z.number().int().min(14).max(20)

export const modelManifestSchema = z.object({
  id: z.string().regex(/^[a-z0-9._-]+$/),
  name: z.string(),
  task: z.enum(['image-embedding', 'object-detection', 'image-classification', 'custom']),
  /**
   * `transformers`: repository at a pinned revision. `ultralytics`: the yaml's name. `own`: files next to the manifest.
   * `file`: the user's.
   */
  source: z.object({
    library: z.enum(['transformers', 'ultralytics', 'own', 'file']),
    repository: z.string(),
    revision: z.string().nullable(),
    weightsFile: z.string().nullable(),
  }),
  licence: z.object({ model: z.string(), weights: z.string(), note: z.string().nullable() }),
  parameterCount: z.number().int().positive().nullable(),
  input: z.object({
    name: z.string(),
    dtype: z.literal('float32'),
    channels: z.number().int().positive(),
    /** Default size; a plan may override it if `dynamicSize` is true. */
    height: z.number().int().positive(),
    width: z.number().int().positive(),
    dynamicSize: z.boolean(),
    /** With dynamic sizes: only multiples of this. */
    sizeMultiple: z.number().int().positive(),
  }),
  outputs: z.array(z.string()).min(1),
  preprocessing: preprocessingSchema,
  postprocessing: z.enum(['none', 'embedding', 'set-detection', 'yolo-detection', 'top-1']),
  /** Batch sizes; the default profile of engines and the limits of a plan. */
  optimizationProfile: z.object({
    min: z.number().int().positive(),
    opt: z.number().int().positive(),
    max: z.number().int().positive(),
  }),
  defaultOpset: opsetSchema,
  parityTolerance: z.partialRecord(precisionSchema, toleranceSchema),
  /** Operators that stay FP32 in lower precisions, and why. */
  keepInFp32: z.array(z.object({ operator: z.string(), reason: z.string() })),
  /** Backends suited to it, in the order offered. */
  backends: z.array(z.string()),
  artifacts: z.array(shippedArtifactSchema),
  /** Test arrays that ship with the model (float32 .npy inputs, int64 .npy labels); null if images are preprocessed. */
  evaluation: z
    .object({ inputsFile: z.string(), labelsFile: z.string(), thumbnails: z.string(), licence: z.string() })
    .nullable(),
  /** Arrays to calibrate INT8 on (float32 .npy), never images of `evaluation`; absent if images are preprocessed. */
  calibration: z.object({ inputsFile: z.string(), licence: z.string() }).nullable().optional(),
  /** Detectors: a box counts if its best class score reaches this; absent if the model finds no boxes. */
  scoreThreshold: z.number().min(0).max(1).optional(),
})
export type ModelManifest = z.infer<typeof modelManifestSchema>
