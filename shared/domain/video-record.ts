// summary.json: what was asked of a library of videos, and what came of each file and each engine. Where a name means the
// same as in a run's record it is the same name with the same shape. Times are in milliseconds, positions in seconds.
// Names here are fixed: they are published as JSON Schema.
import { z } from 'zod'
import { analyzerSchema, stageTimesSchema, videoTasks } from './analyzer.ts'
import { benchErrorSchema } from './bench-error.ts'
import { figureSchema } from './figure.ts'
import { fingerprintSchema } from './fingerprint.ts'
import { detectionAgreementSchema } from './parity.ts'
import { groupRecordSchema } from './run.ts'

export const videoSchemaVersion = 1

/** Of one engine: over one file, or over all that it analysed. */
const enginePaceSchema = z.object({
  caseKey: z.string(),
  /** Sampled frames. */
  frames: z.number().int().nonnegative(),
  /** Length of what was decoded, sampled or not. */
  videoS: z.number().nonnegative(),
  /** All stages together. */
  elapsedMs: z.number().nonnegative(),
  stageMs: stageTimesSchema,
  /** Of `elapsedMs`; 0 to 1. Null before any frame. */
  stageShares: stageTimesSchema.nullable(),
  framesPerSecond: figureSchema,
  /** Seconds of video a second: above 1 keeps up with a camera. */
  realTimeFactor: figureSchema,
})
export type EnginePace = z.infer<typeof enginePaceSchema>

/** How alike the results of two engines are on the same frames. Not parity, which holds raw outputs against FP32. */
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
  /** `seeded weights: timing valid, predictions not`; null where predictions mean something. */
  caution: z.string().nullable(),
})
export type FrameAgreement = z.infer<typeof frameAgreementSchema>

const videoFileSchema = z.object({
  /** Relative to the library. */
  file: z.string(),
  /** `damaged`: what could be decoded is kept. `skipped`: nothing could be. */
  state: z.enum(['completed', 'damaged', 'skipped', 'failed', 'cancelled']),
  /** Null where it is completed. */
  reason: z.string().nullable(),
  width: z.number().int().positive().nullable(),
  height: z.number().int().positive().nullable(),
  codec: z.string().nullable(),
  frameRate: z.number().positive().nullable(),
  durationS: z.number().positive().nullable(),
  frames: z.number().int().nonnegative(),
  /** Detections, or embeddings. */
  results: z.number().int().nonnegative(),
  /** Parquet files, relative to summary.json; empty where nothing is kept. */
  parquet: z.array(z.string()),
  /** Over the parts' frames as they were seen by every engine; null with one engine alone. */
  framesSha256: z.string().nullable(),
  engines: z.array(enginePaceSchema),
  agreement: frameAgreementSchema.nullable(),
})
export type VideoFileRecord = z.infer<typeof videoFileSchema>

const videoAnalysisSchema = z.object({
  task: z.enum(videoTasks),
  modelId: z.string(),
  modelName: z.string(),
  /** caseKey of the engine whose results are in the Parquet files; null where none ran. */
  resultsOf: z.string().nullable(),
  /** Whole pipeline, then inference alone: the same rounds, the rules of runs. Empty before anything ran. */
  groups: z.array(groupRecordSchema),
  engines: z.array(enginePaceSchema),
  files: z.array(videoFileSchema),
})
export type VideoAnalysisRecord = z.infer<typeof videoAnalysisSchema>

export const videoRecordSchema = z.object({
  schemaVersion: z.literal(videoSchemaVersion),
  videoId: z.string(),
  state: z.enum(['completed', 'failed', 'cancelled']),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  endedAt: z.string(),
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
    /** Files that are no videos by their name. */
    passedOver: z.number().int().nonnegative(),
  }),
  analyses: z.array(videoAnalysisSchema),
  error: benchErrorSchema.nullable(),
  notes: z.array(z.string()),
})
export type VideoRecord = z.infer<typeof videoRecordSchema>
