// summary.json: what was requested for a library of videos, and the outcome of each file and each engine. A name that
// means the same as in a run's record is the same name with the same shape. Times are in milliseconds, positions in
// seconds. Names here are fixed: they are published as JSON Schema.
import { z } from 'zod'
import { analyzerSchema, stageTimesSchema, videoTasks } from './analyzer.ts'
import { benchErrorSchema } from './bench-error.ts'
import { figureSchema } from './figure.ts'
import { fingerprintSchema } from './fingerprint.ts'
import { instantSchema } from './instant.ts'
import { detectionAgreementSchema } from './parity.ts'
import { groupRecordSchema } from './run.ts'

export const videoSchemaVersion = 1

/** For one engine: over one file, or over all that it analysed. */
const enginePaceSchema = z.object({
  caseKey: z.string(),
  /** Sampled frames. */
  frames: z.number().int().nonnegative(),
  /** Length of the decoded video, sampled or not. */
  videoS: z.number().nonnegative(),
  /** All stages together. */
  elapsedMs: z.number().nonnegative(),
  stageMs: stageTimesSchema,
  /** Shares of `elapsedMs`; 0 to 1. Null before any frame. */
  stageShares: stageTimesSchema.nullable(),
  framesPerSecond: figureSchema,
  /** Seconds of video per second: above 1 keeps up with a camera. */
  realTimeFactor: figureSchema,
})
export type EnginePace = z.infer<typeof enginePaceSchema>

/** Agreement of two engines' results on the same frames. Not parity, which compares raw outputs with FP32. */
const frameAgreementSchema = z.object({
  /** caseKeys. */
  reference: z.string(),
  candidate: z.string(),
  frames: z.number().int().nonnegative(),
  /** Cosine of the embeddings of a frame; null for detections. */
  meanCosine: z.number().nullable(),
  smallestCosine: z.number().nullable(),
  /** Null for embeddings. */
  detection: detectionAgreementSchema.nullable(),
  /** `seeded weights: timing valid, predictions not`; null if predictions are meaningful. */
  caution: z.string().nullable(),
})
export type FrameAgreement = z.infer<typeof frameAgreementSchema>

const videoFileSchema = z.object({
  /** Relative to the library. */
  file: z.string(),
  /** `damaged`: the decodable part is kept. `skipped`: nothing could be decoded. */
  state: z.enum(['completed', 'damaged', 'skipped', 'failed', 'cancelled']),
  /** Null if it is completed. */
  reason: z.string().nullable(),
  width: z.number().int().positive().nullable(),
  height: z.number().int().positive().nullable(),
  codec: z.string().nullable(),
  frameRate: z.number().positive().nullable(),
  durationS: z.number().positive().nullable(),
  frames: z.number().int().nonnegative(),
  /** Detections, or embeddings. */
  results: z.number().int().nonnegative(),
  /** Parquet files, relative to summary.json; empty if nothing is kept. */
  parquet: z.array(z.string()),
  /** Hash over the parts' frames as every engine saw them; null with only one engine. */
  framesSha256: z.string().nullable(),
  engines: z.array(enginePaceSchema),
  agreement: frameAgreementSchema.nullable(),
})
export type VideoFileRecord = z.infer<typeof videoFileSchema>

const videoAnalysisSchema = z.object({
  task: z.enum(videoTasks),
  modelId: z.string(),
  modelName: z.string(),
  /** caseKey of the engine whose results are in the Parquet files; null if none ran. */
  resultsOf: z.string().nullable(),
  /** Whole pipeline, then inference only: the same rounds, the rules of runs. Empty before anything ran. */
  groups: z.array(groupRecordSchema),
  engines: z.array(enginePaceSchema),
  files: z.array(videoFileSchema),
})
export type VideoAnalysisRecord = z.infer<typeof videoAnalysisSchema>

export const videoRecordSchema = z.object({
  schemaVersion: z.literal(videoSchemaVersion),
  videoId: z.string(),
  /** `unfinished`: it goes on, or its process was killed; what is listed is complete. */
  state: z.enum(['completed', 'failed', 'cancelled', 'unfinished']),
  createdAt: instantSchema,
  /** Null while it is unfinished. */
  endedAt: instantSchema.nullable(),
  /** The command that repeats it. */
  command: z.string(),
  /** With its defaults. */
  analyzer: analyzerSchema,
  fingerprint: fingerprintSchema,
  library: z.object({
    source: z.string(),
    /** Counts add up: found = videos + passed over. */
    found: z.number().int().nonnegative(),
    videos: z.number().int().nonnegative(),
    /** Files without a video's name. */
    passedOver: z.number().int().nonnegative(),
  }),
  analyses: z.array(videoAnalysisSchema),
  error: benchErrorSchema.nullable(),
  notes: z.array(z.string()),
})
export type VideoRecord = z.infer<typeof videoRecordSchema>
