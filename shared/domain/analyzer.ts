// How to analyse a library of videos: which frames, which models, on which engines. analyzer.json has this shape, with
// defaults for everything except the tasks. Its names are fixed: they are published as JSON Schema.

import { z } from 'zod'
import { pythonBackends } from './backend.ts'
import { deviceSchema } from './device.ts'
import { weightsChoiceSchema } from './plan.ts'
import { precisionSchema } from './precision.ts'

/** Every n-th frame, or N frames per second of video; exactly one is not null. */
export const frameSamplingSchema = z.object({
  everyFrames: z.number().int().positive().nullable(),
  framesPerSecond: z.number().positive().nullable(),
})
export type FrameSampling = z.infer<typeof frameSamplingSchema>

export const videoStages = ['decode', 'preprocess', 'infer', 'postprocess', 'write'] as const

/** Milliseconds; the stages run one after another. */
export const stageTimesSchema = z.object({
  decode: z.number().nonnegative(),
  preprocess: z.number().nonnegative(),
  infer: z.number().nonnegative(),
  postprocess: z.number().nonnegative(),
  write: z.number().nonnegative(),
})
export type StageTimes = z.infer<typeof stageTimesSchema>

export const videoTasks = ['embeddings', 'detections'] as const
export type VideoTask = (typeof videoTasks)[number]

/** A Python worker decodes the video, so backends that run elsewhere are not offered. */
const videoBackendSchema = z.enum(pythonBackends)

const engineSchema = z
  .strictObject({
    backend: videoBackendSchema,
    precision: precisionSchema.default('fp32'),
    /** sha256 of a converted artifact; absent if the run finds or exports the file. */
    artifact: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
      .optional(),
    options: z.record(z.string(), z.unknown()).default({}),
  })
  .describe('A backend, what it computes in, and the artifact it runs')

const analysisShape = {
  batchSize: z.number().int().positive().max(1024).default(8),
  engine: engineSchema.default({ backend: 'onnxruntime', precision: 'fp32', options: {} }),
  /** Runs in turns with the first on the same frames and is compared with it; absent with only one engine. */
  compareWith: engineSchema.optional(),
}

const embeddingsSchema = z.strictObject({ model: z.string().min(1).default('clip-vit-b32'), ...analysisShape })

const detectionsSchema = z.strictObject({
  model: z.string().min(1).default('detr-resnet-50'),
  ...analysisShape,
  /** Boxes with a lower score are left out; absent for the model's own threshold. */
  scoreThreshold: z.number().min(0).max(1).optional(),
})

const samplingSchema = z.union(
  [
    z.strictObject({ everyFrames: z.number().int().positive().max(1_000_000) }),
    z.strictObject({ framesPerSecond: z.number().positive().max(1000) }),
  ],
  { error: 'must be { "everyFrames": n } or { "framesPerSecond": n }, with a number above 0' },
)

export const analyzerSchema = z.strictObject({
  $schema: z.string().optional(),
  /** Which frames are used, of every video and for every task. */
  sampling: samplingSchema.default({ framesPerSecond: 1 }),
  /** Each task makes its own pass over each video. */
  tasks: z
    .strictObject({ embeddings: embeddingsSchema.optional(), detections: detectionsSchema.optional() })
    .refine((tasks) => tasks.embeddings !== undefined || tasks.detections !== undefined, {
      error: 'must name embeddings, detections or both',
    }),
  /** Sampled frames per round, rounded up to whole batches: the engines take turns after each. */
  framesPerRound: z.number().int().positive().max(4096).default(32),
  weights: weightsChoiceSchema.default({ kind: 'auto' }),
  seed: z.number().int().nonnegative().max(4294967295).default(1),
  device: deviceSchema.default('cpu'),
  /** For decoder and engine; null for the physical cores of the machine. */
  threads: z.number().int().positive().max(1024).nullable().default(null),
})
export type Analyzer = z.infer<typeof analyzerSchema>

/** One task of an analyzer, with its name. */
export type VideoAnalysisPlan = NonNullable<Analyzer['tasks']['embeddings']> & {
  readonly task: VideoTask
  readonly scoreThreshold?: number | undefined
}

export function analysesOf({ tasks }: Analyzer): readonly VideoAnalysisPlan[] {
  return videoTasks.flatMap((task) => {
    const plan = tasks[task]
    return plan === undefined ? [] : [{ ...plan, task }]
  })
}

export function frameSampling({ sampling }: Pick<Analyzer, 'sampling'>): FrameSampling {
  return { everyFrames: null, framesPerSecond: null, ...sampling }
}
