// A model's manifest (models/<id>/model.json): everything the app knows about a model except its weights. Shapes are
// NCHW; sizes in pixels. Does not hold weights or their location on this machine.
import { z } from 'zod'
import { elementTypeSchema, type ModelInput, modelInputSchema } from './model-input.ts'
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
  /** The picture; of a model that takes none, the input whose rows count as its images, with null sizes. */
  input: z.object({
    name: z.string(),
    dtype: elementTypeSchema,
    channels: z.number().int().positive().nullable(),
    /** Default size; a plan may override it if `dynamicSize` is true. */
    height: z.number().int().positive().nullable(),
    width: z.number().int().positive().nullable(),
    dynamicSize: z.boolean(),
    /** With dynamic sizes: only multiples of this. */
    sizeMultiple: z.number().int().positive(),
  }),
  /** Every input in the file's order, `input` included; absent where that is all: one float32 picture, NCHW. */
  inputs: z.array(modelInputSchema).min(1).optional(),
  /** What a file does not say and was assumed, in sentences that are shown wherever the model is. */
  assumptions: z.array(z.string()).optional(),
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

export interface PictureSize {
  readonly channels: number
  readonly height: number
  readonly width: number
}

/** Null for a model that takes no picture. */
export function pictureSize({ input }: Pick<ModelManifest, 'input'>): PictureSize | null {
  const { channels, height, width } = input
  return channels === null || height === null || width === null ? null : { channels, height, width }
}

/** Every input of any model. */
export function inputsOf(manifest: Pick<ModelManifest, 'input' | 'inputs'>): readonly ModelInput[] {
  if (manifest.inputs !== undefined) return manifest.inputs
  const { name, dtype, dynamicSize } = manifest.input
  const { channels, height, width } = pictureSize(manifest) ?? { channels: 1, height: 1, width: 1 }
  const sizes = dynamicSize ? ['height', 'width'] : [height, width]
  return [
    {
      name,
      type: dtype,
      dimensions: ['batch', channels, ...sizes],
      batchAxis: 0,
      layout: 'NCHW',
      proposed: [null, null, height, width],
      values: { kind: 'images' },
    },
  ]
}
