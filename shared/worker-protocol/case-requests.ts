// Requests about a worker's one case: load, measure, write outputs, analyze a video.

import { z } from 'zod'
import { frameSamplingSchema, stageTimesSchema } from '../domain/analyzer.ts'
import { precisionProofSchema } from '../domain/precision.ts'
import { workerCaseSchema } from '../domain/worker-case.ts'
import { layerTimeSchema, mostLayers } from '../passes/layers.ts'
import { mostArrivals } from '../passes/server-trials.ts'
import { partTimeSchema } from '../passes/time-split.ts'
import {
  bytesOrReasonSchema,
  loading,
  measuring,
  minute,
  type RequestDefinition,
  versionsSchema,
  writtenOutputSchema,
} from './request-definition.ts'

/**
 * Past 2^53 ns (a machine up for 104 days) a JSON number is off by a nanosecond or two: an integer, but not a safe one.
 */
export const hostClockNsSchema = z.number().nonnegative().refine(Number.isInteger, 'not a whole number')
const latenciesMs = z.array(z.number().positive().finite())
/** Runs until `targetMs` and `minimumSamples` are both reached, but stops at `capMs` once it has `floorSamples`. */
const blockRuleSchema = z.object({
  targetMs: z.number().positive(),
  minimumSamples: z.number().int().positive(),
  capMs: z.number().positive(),
  floorSamples: z.number().int().positive(),
})
const block = {
  parameters: blockRuleSchema,
  answer: 'block',
  result: z.object({ startedAtNs: hostClockNsSchema, endedAtNs: hostClockNsSchema, latenciesMs: latenciesMs.min(1) }),
} as const

export const caseRequests = {
  /** Loads one case and keeps it resident. At most once per process. */
  prepare: {
    ...{ stage: 'load', ...loading },
    parameters: z.object({ case: workerCaseSchema }),
    answer: 'prepared',
    result: z.object({
      loadMs: z.number().nonnegative(),
      precisionProof: precisionProofSchema,
      engineDeclaredBytes: bytesOrReasonSchema,
      /** Threads as read back from the library. */
      threads: z.number().int().positive().nullable(),
      versions: versionsSchema,
      /** Sentences that a reader of the case's figures must know, e.g. that its engine was tuned for another batch. */
      notes: z.array(z.string()).optional(),
    }),
  },
  /** A block of the warm-up. The supervisor requests one after another until it judges the case steady. */
  warmup: { ...{ stage: 'warmup', ...measuring }, ...block },
  'measure-block': { ...{ stage: 'measure', ...measuring }, ...block },
  /** Runs `iterations` queries, then reads the peaks of this process and its allocator. */
  'measure-memory': {
    ...{ stage: 'memory', ...measuring },
    parameters: z.object({ iterations: z.number().int().positive() }),
    answer: 'memory',
    result: z.object({ allocatorPeakBytes: bytesOrReasonSchema, processPeakBytes: bytesOrReasonSchema }),
  },
  /**
   * Instead of `prepare`, in a process that has done nothing else: imports, opens the device, loads and answers two
   * queries, each timed. Proves no precision. The worker is closed afterwards.
   */
  'cold-start': {
    ...{ stage: 'cold-start', ...loading },
    parameters: z.object({ case: workerCaseSchema }),
    answer: 'cold-started',
    result: z.object({
      importMs: z.number().nonnegative().nullable(),
      contextMs: z.number().nonnegative().nullable(),
      loadMs: z.number().nonnegative(),
      firstQueryMs: z.number().positive(),
      secondQueryMs: z.number().positive(),
      /** Sentences: which caches this start could use. */
      caches: z.array(z.string()),
    }),
  },
  /** Queries back to back, timed only as a whole, until both limits are reached. */
  sustain: {
    ...{ stage: 'measure', ...measuring },
    parameters: z.object({ durationMs: z.number().nonnegative(), minimumQueries: z.number().int().positive() }),
    answer: 'sustained',
    result: z.object({
      startedAtNs: hostClockNsSchema,
      endedAtNs: hostClockNsSchema,
      queries: z.number().int().positive(),
    }),
  },
  /** One query per arrival (ms from the start, ascending). One that arrives during another waits; that wait counts. */
  serve: {
    ...{ stage: 'serve', ...measuring },
    parameters: z.object({ arrivalsMs: z.array(z.number().nonnegative()).min(1).max(mostArrivals) }),
    answer: 'served',
    result: z.object({
      startedAtNs: hostClockNsSchema,
      endedAtNs: hostClockNsSchema,
      /** From arrival to answer, in the order of arrival. */
      latenciesMs: latenciesMs.min(1),
    }),
  },
  'split-time': {
    ...{ stage: 'time-split', silenceMs: minute, stuckMs: 2 * minute },
    parameters: z.object({ queries: z.number().int().positive() }),
    answer: 'time-split',
    result: z.object({ method: z.string(), parts: z.array(partTimeSchema) }),
  },
  /** May load the case a second time, with the library's profiler on. */
  'profile-layers': {
    ...{ stage: 'layers', ...loading },
    parameters: z.object({ queries: z.number().int().positive() }),
    answer: 'layers-profiled',
    result: z.object({
      method: z.string(),
      clock: partTimeSchema.shape.clock.optional(),
      /** Costliest first, at most `mostLayers`; the others are counted and summed. */
      layers: z.array(layerTimeSchema).max(mostLayers),
      otherLayers: z.number().int().nonnegative(),
      otherMs: z.number().nonnegative(),
    }),
  },
  /** Runs every image once, writes one float32 .npy per output into `folder`. */
  'write-outputs': {
    ...{ stage: 'parity', ...measuring },
    parameters: z.object({ folder: z.string() }),
    answer: 'outputs-written',
    result: z.object({ outputs: z.array(writtenOutputSchema) }),
  },
  /** Opens a video for the prepared case; one at a time. Results go to parts in `folder`. */
  'open-video': {
    ...{ stage: 'inputs', silenceMs: minute, stuckMs: 2 * minute },
    parameters: z.object({
      file: z.string(),
      sampling: frameSamplingSchema,
      /** Null uses the model's. */
      scoreThreshold: z.number().min(0).max(1).nullable(),
      folder: z.string(),
      /** Whether each part proves which frames it saw. */
      hashFrames: z.boolean(),
    }),
    answer: 'video-opened',
    result: z.object({
      width: z.number().int().positive(),
      height: z.number().int().positive(),
      codec: z.string(),
      frameRate: z.number().positive().nullable(),
      durationS: z.number().positive().nullable(),
    }),
  },
  /** The next `frames` sampled frames of the open video, or the remaining ones. */
  'analyze-video': {
    ...{ stage: 'measure', ...loading },
    parameters: z.object({
      frames: z.number().int().positive(),
      /** Increases from 0; names the part's files. */
      part: z.number().int().nonnegative(),
    }),
    answer: 'video-analyzed',
    result: z.object({
      startedAtNs: hostClockNsSchema,
      endedAtNs: hostClockNsSchema,
      /** 0 only at the end. */
      frames: z.number().int().nonnegative(),
      results: z.number().int().nonnegative(),
      /** For each batch: all stages together, and inference only. */
      latenciesMs,
      inferMs: latenciesMs,
      stageMs: stageTimesSchema,
      /** Where the last decoded frame ends, sampled or not. */
      positionS: z.number().nonnegative(),
      framesSha256: z.string().nullable(),
      isEnd: z.boolean(),
      /** Why decoding ended before the file did; null if it did not. */
      problem: z.string().nullable(),
    }),
  },
} as const satisfies Readonly<Record<string, RequestDefinition>>
