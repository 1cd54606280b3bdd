// The inputs of a model, of any type and rank, and where their values come from. Dimensions are those of one query. Holds
// no values and no files of this machine except those that a user names.
import { z } from 'zod'

/** Element types that can be fed, by ONNX's names. */
export const elementTypeSchema = z.enum([
  ...(['float32', 'float16', 'float64', 'bfloat16'] as const),
  ...(['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'bool'] as const),
])
export type ElementType = z.infer<typeof elementTypeSchema>

const floatTypes: ReadonlySet<ElementType> = new Set(['float32', 'float16', 'float64', 'bfloat16'])

export function isFloat(type: ElementType): boolean {
  return floatTypes.has(type)
}

/** Order of a picture's dimensions: N counts pictures, C channels, H rows, W columns. */
export const pictureLayoutSchema = z.enum(['NCHW', 'NHWC', 'CHW', 'HWC'])
export type PictureLayout = z.infer<typeof pictureLayoutSchema>

/** Where the values of an input come from. */
export const inputValuesSchema = z.union([
  /** Pictures, preprocessed as the manifest states. */
  z.object({ kind: z.literal('images') }),
  /** Uniform between both, from the plan's seed. */
  z.object({ kind: z.literal('range'), low: z.number(), high: z.number() }),
  /** Whole numbers from the plan's seed, both ends included. */
  z.object({ kind: z.literal('integers'), low: z.number().int(), high: z.number().int() }),
  z.object({ kind: z.literal('constant'), value: z.number() }),
  /** `array`: its name in an .npz or .safetensors file; null for an .npy file, or for the only array. */
  z.object({ kind: z.literal('file'), file: z.string().min(1), array: z.string().nullable() }),
])
export type InputValues = z.infer<typeof inputValuesSchema>

/** As sentences and records name the source of values. */
export function valuesInWords(values: InputValues): string {
  switch (values.kind) {
    case 'images':
      return 'pictures'
    case 'range':
      return `seeded numbers from ${values.low} to ${values.high}`
    case 'integers':
      return `seeded whole numbers from ${values.low} to ${values.high}`
    case 'constant':
      return `${values.value} everywhere`
    case 'file':
      return values.array === null ? values.file : `"${values.array}" of ${values.file}`
  }
}

/** A size, or the name of one that a plan chooses; `?` where the file gives it no name. */
export const dimensionSchema = z.union([z.number().int().nonnegative(), z.string().min(1)])
export type Dimension = z.infer<typeof dimensionSchema>

export const modelInputSchema = z.object({
  name: z.string().min(1),
  type: elementTypeSchema,
  dimensions: z.array(dimensionSchema),
  /** The dimension that counts the rows of a batch; null if there is none, so that a batch has one row. */
  batchAxis: z.number().int().nonnegative().nullable(),
  /** Null if it is no picture. */
  layout: pictureLayoutSchema.nullable(),
  /** For each dimension: the size of an open one, unless a plan names another; null where nothing proposes one. */
  proposed: z.array(z.number().int().positive().nullable()),
  /** What is fed if a plan says nothing else. */
  values: inputValuesSchema,
})
export type ModelInput = z.infer<typeof modelInputSchema>

/** One input as a run fed it. */
export const fedInputSchema = z.object({
  name: z.string(),
  type: elementTypeSchema,
  /** Of one query. */
  shape: z.array(z.number().int().nonnegative()),
  /** Where its values came from, as a reader sees it: `whole numbers from 0 to 99, seed 1`. */
  values: z.string(),
  /** Of the array of all rows. */
  sha256: z.string(),
})
export type FedInput = z.infer<typeof fedInputSchema>
