// How pictures become the input of a user's file: what its exporter noted (Ultralytics, OpenVINO), what Transformers keeps
// beside it, and otherwise the simplest: RGB, 0 to 1, stretched to the size. What was taken from where is said.
import { z } from 'zod'
import type { Preprocessing } from '../../shared/domain/model.ts'
import { type ElementType, isFloat } from '../../shared/domain/model-input.ts'
import { processorKey } from './stated-preprocessing.ts'

export interface PictureNotes {
  /** Pixels; null where nothing states them. */
  readonly height: number | null
  readonly width: number | null
  /** Sizes are multiples of it; null where nothing states one. */
  readonly stride: number | null
  /** What differs from the simplest. */
  readonly preprocessing: Partial<Preprocessing>
  /** Who stated it: `Ultralytics' export`; null if nobody did. */
  readonly statedBy: string | null
}

const nothingStated: PictureNotes = { height: null, width: null, stride: null, preprocessing: {}, statedBy: null }

export function pictureNotes(metadata: Readonly<Record<string, string>>): PictureNotes {
  return fromProcessor(metadata) ?? fromUltralytics(metadata) ?? fromOpenvino(metadata) ?? nothingStated
}

const sizeSchema = z.union([
  z.number().int().positive(),
  z.object({ height: z.number().int().positive(), width: z.number().int().positive() }),
  z.object({ shortest_edge: z.number().int().positive() }),
])
const processorSchema = z.looseObject({
  size: sizeSchema.optional(),
  crop_size: sizeSchema.optional(),
  do_center_crop: z.boolean().optional(),
  do_normalize: z.boolean().optional(),
  do_rescale: z.boolean().optional(),
  rescale_factor: z.number().positive().optional(),
  image_mean: z.array(z.number()).min(1).max(4).optional(),
  image_std: z.array(z.number().positive()).min(1).max(4).optional(),
  resample: z.number().int().optional(),
})

function fromProcessor(metadata: Readonly<Record<string, string>>): PictureNotes | null {
  const parsed = processorSchema.safeParse(jsonOf(metadata[processorKey]))
  if (!parsed.success) return null
  const { size, crop_size: crop, do_center_crop: crops, do_normalize: normalizes, do_rescale: rescales } = parsed.data
  const [height, width] = sidesOf(crops === true ? (crop ?? size) : size)
  const isShortestEdge = typeof size === 'object' && 'shortest_edge' in size
  const { image_mean: mean, image_std: standardDeviation, rescale_factor: factor, resample } = parsed.data
  return {
    height,
    width,
    stride: null,
    preprocessing: {
      ...(isShortestEdge || crops === true ? { resize: 'shortest-edge', centerCrop: crops === true } : {}),
      ...(resample === 3 && { interpolation: 'bicubic' }),
      rescale: rescales === false ? 1 : (factor ?? 1 / 255),
      ...(normalizes !== false && mean && standardDeviation && { mean, standardDeviation }),
    },
    statedBy: processorKey,
  }
}

function sidesOf(size: z.infer<typeof sizeSchema> | undefined): readonly [number | null, number | null] {
  if (size === undefined) return [null, null]
  if (typeof size === 'number') return [size, size]
  return 'height' in size ? [size.height, size.width] : [size.shortest_edge, size.shortest_edge]
}

/** Pictures are letterboxed on grey, as its own predictor does. */
function fromUltralytics(metadata: Readonly<Record<string, string>>): PictureNotes | null {
  const sides = z.array(z.number().int().positive()).length(2).safeParse(jsonOf(metadata.imgsz))
  if (!sides.success || metadata.stride === undefined) return null
  const stride = z.coerce.number().int().positive().safeParse(metadata.stride)
  const [height = null, width = null] = sides.data
  const isClassifier = metadata.task === 'classify'
  return {
    height,
    width,
    stride: stride.success ? stride.data : null,
    preprocessing: isClassifier
      ? { resize: 'shortest-edge', centerCrop: true }
      : { resize: 'letterbox', padValue: 114 },
    statedBy: "Ultralytics' export",
  }
}

function fromOpenvino(metadata: Readonly<Record<string, string>>): PictureNotes | null {
  const mean = numbersOf(metadata['model_info mean_values'])
  const standardDeviation = numbersOf(metadata['model_info scale_values'])
  if (mean === null && standardDeviation === null) return null
  return {
    ...nothingStated,
    preprocessing: {
      rescale: 1,
      ...(mean && { mean }),
      ...(standardDeviation && { standardDeviation }),
      ...(metadata['model_info resize_type'] === 'fit_to_window_letterbox' && { resize: 'letterbox' }),
    },
    statedBy: "OpenVINO's notes (model_info)",
  }
}

function numbersOf(text: string | undefined): number[] | null {
  const numbers = (text ?? '').split(/\s+/).filter(Boolean).map(Number)
  return numbers.length > 0 && numbers.every(Number.isFinite) ? numbers : null
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text)
  } catch {
    return null
  }
}

export interface StatedPreprocessing {
  readonly preprocessing: Preprocessing
  /** For the reader. */
  readonly sentence: string
}

/** Whole-number inputs take pixels as they are, 0 to 255. */
export function preprocessingOf(notes: PictureNotes, channels: number, type: ElementType): StatedPreprocessing {
  const takesPixels = !isFloat(type)
  const preprocessing: Preprocessing = {
    resize: 'exact',
    interpolation: 'bilinear',
    centerCrop: false,
    padValue: 0,
    rescale: takesPixels ? 1 : 1 / 255,
    mean: Array(channels).fill(0),
    standardDeviation: Array(channels).fill(1),
    ...(takesPixels ? {} : perChannel(notes.preprocessing, channels)),
  }
  const range = preprocessing.rescale === 1 ? '0 to 255' : '0 to 1'
  const colours = channels === 1 ? 'grey' : 'RGB'
  const fit = { none: 'as they are', exact: 'stretched', letterbox: 'letterboxed', 'shortest-edge': 'cropped' }
  const isNormalized = preprocessing.standardDeviation.some((value) => value !== 1)
  const words = `${colours}, ${range}${isNormalized ? `, mean ${list(preprocessing.mean)} and deviation ${list(preprocessing.standardDeviation)}` : ''}, ${fit[preprocessing.resize]} to the input's size`
  return {
    preprocessing,
    sentence:
      notes.statedBy === null
        ? `Pictures are fed as ${words}: the file does not say how it wants them.`
        : `Pictures are fed as ${words}, as ${notes.statedBy} says.`,
  }
}

/** One value stands for all channels. */
function perChannel(stated: Partial<Preprocessing>, channels: number): Partial<Preprocessing> {
  const fitted = (values: readonly number[] | undefined) =>
    values === undefined ? undefined : values.length === channels ? [...values] : Array(channels).fill(values[0])
  const [mean, standardDeviation] = [fitted(stated.mean), fitted(stated.standardDeviation)]
  return { ...stated, ...(mean && { mean }), ...(standardDeviation && { standardDeviation }) }
}

function list(values: readonly number[]): string {
  return values.map((value) => Number(value.toPrecision(4))).join(', ')
}
