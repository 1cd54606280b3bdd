// A run's record (run.json): what was requested, on which machine, and the outcome of every case. Summaries can be
// recomputed from only samples/; a test does so. Names here are fixed: they are published as JSON Schema.

import { z } from 'zod'
import { passResultShape } from '../passes/index.ts'
import { exporterRecordSchema } from './artifact.ts'
import { artifactKindSchema } from './artifact-kind.ts'
import { backendIdSchema } from './backend.ts'
import { benchErrorSchema } from './bench-error.ts'
import { type Figure, figureSchema, intervalSchema } from './figure.ts'
import { fingerprintSchema } from './fingerprint.ts'
import { instantSchema } from './instant.ts'
import { keySchema } from './key.ts'
import { weightsOriginSchema } from './model.ts'
import { fedInputSchema } from './model-input.ts'
import { appliedNoiseFloorSchema } from './noise-floor.ts'
import { paritySchema, parityVerdictSchema } from './parity.ts'
import { planSchema } from './plan.ts'
import { precisionProofSchema, precisionSchema } from './precision.ts'
import { samplingRecordSchema } from './sampling-record.ts'

export const schemaVersion = 1

/** Far more than any run gives: 512 cases with a dozen sentences each. */
export const mostNotes = 10_000

export const runStateSchema = z.enum(['queued', 'running', 'completed', 'failed', 'cancelled', 'interrupted'])
export type RunState = z.infer<typeof runStateSchema>

/** `fallback`: another engine computed part of it, so that it has no figure under its own name. */
export const caseStateSchema = z.enum(['pending', 'running', 'completed', 'failed', 'fallback', 'cancelled', 'skipped'])
export type CaseState = z.infer<typeof caseStateSchema>

/** A case that ended in one of them did not complete. */
export const statesThatEndEarly: ReadonlySet<CaseState> = new Set(['failed', 'fallback', 'cancelled', 'skipped'])

/**
 * How a run was designed and judged: 1 has a fixed number of launches; 2 looks after launches and stops when decided; 3
 * also takes out the effect of starting first, and gives percentiles and throughput other intervals.
 */
export type ProtocolVersion = 1 | 2 | 3

/** Of new runs. */
export const currentProtocol = 3

/** Whether looks decide when launches end: since protocol 2. */
export function hasLooks(protocol: ProtocolVersion | undefined): boolean {
  return (protocol ?? 1) > 1
}

/** Whether the order in which workers were started is used: since protocol 3. */
export function usesStarts(protocol: ProtocolVersion | undefined): boolean {
  return (protocol ?? 1) > 2
}

/** What one look at the launches so far says of a comparison (since protocol 2). */
export const decisionSchema = z.enum(['faster', 'slower', 'same', 'undecided'])
export type Decision = z.infer<typeof decisionSchema>

const lookSchema = z.object({
  /** Number of launches looked at. */
  launches: z.number().int().positive(),
  value: z.number(),
  interval: intervalSchema.nullable(),
  verdict: decisionSchema,
})
export type Look = z.infer<typeof lookSchema>

const pathPointSchema = z.object({
  launches: z.number().int().min(2),
  value: z.number(),
  low: z.number(),
  high: z.number(),
})
export type PathPoint = z.infer<typeof pathPointSchema>

export const speedupSchema = z.object({
  /** Baseline / candidate; above 1 is faster. Null when refused. */
  value: z.number().nullable(),
  interval: intervalSchema.nullable(),
  /** caseKey of the case it is compared with. */
  baseline: z.string(),
  /** `no-difference` only in protocol 1; `same` and `undecided` since protocol 2. */
  verdict: z.enum(['faster', 'slower', 'no-difference', 'same', 'undecided', 'refused']),
  /** Why it was refused, or the reason for the verdict. Never empty. */
  reason: z.string(),
  /** With seeded weights: `timing only, predictions not judged`; null otherwise. */
  heading: z.string().nullable(),
  /** The same without the rounds in which a block of either case was flagged; absent if none was. */
  withoutFlagged: z
    .object({
      /** Null if no round is left. */
      value: z.number().nullable(),
      interval: intervalSchema.nullable(),
      /** Number of rounds left out. */
      roundsLeftOut: z.number().int().positive(),
    })
    .optional(),
  // The rest is present since protocol 2.
  /** How far from 1 the ratio may be and still count as the same: 0.02 is 2 %. The plan's, or the noise floor if larger. */
  margin: z.number().positive().optional(),
  /** Number of launches that measured both. */
  launches: z.number().int().nonnegative().optional(),
  /** What each look so far said. */
  looks: z.array(lookSchema).optional(),
  /** The interval after each launch from the second on. */
  path: z.array(pathPointSchema).optional(),
  /** Estimated minutes of further launches until this is decided; null if it is decided or cannot be estimated. */
  minutesToDecide: z.number().nonnegative().nullable().optional(),
})
export type Speedup = z.infer<typeof speedupSchema>

export const badgeSchema = z.enum([
  'noisy',
  'throttled',
  'no-steady-state',
  'seeded-weights',
  'simulated',
  'partial',
  'few-samples',
])
export type Badge = z.infer<typeof badgeSchema>

export const steadinessSchema = z.object({
  verdict: z.enum(['steady', 'no-steady-state', 'not-checked']),
  iterations: z.number().int().nonnegative(),
  elapsedMs: z.number().nonnegative(),
  reason: z.string(),
  /**
   * How far latency may still be from where it settles: 0.02 is 2 %. Null if not checked or hidden by noise; absent in
   * old records.
   */
  withinShare: z.number().nonnegative().nullable().optional(),
  /** After how long it had settled; absent in old records. */
  settledMs: z.number().nonnegative().optional(),
})

export type Steadiness = z.infer<typeof steadinessSchema>

export const caseRecordSchema = z.object({
  caseKey: keySchema,
  backend: backendIdSchema,
  precision: precisionSchema,
  options: z.record(z.string(), z.unknown()),
  precisionProof: precisionProofSchema.nullable(),
  weights: weightsOriginSchema.nullable(),
  state: caseStateSchema,
  /** Why it did not complete; null when it did. */
  reason: z.string().nullable(),
  error: benchErrorSchema.nullable(),
  latencyMs: z.object({
    p50: figureSchema,
    p90: figureSchema,
    p95: figureSchema,
    p99: figureSchema,
    mean: figureSchema,
    min: figureSchema,
  }),
  imagesPerSecond: figureSchema,
  memory: z.object({
    engineDeclaredBytes: figureSchema,
    allocatorPeakBytes: figureSchema,
    /** On a CPU the worker's peak RSS, never VRAM. */
    processPeakBytes: figureSchema,
  }),
  /** How the process's peak was read: `peak resident memory`, `NVML, this process`, `NVML, device used less before`. */
  processPeakMethod: z.string().optional(),
  energyJoulesPerImage: figureSchema,
  parity: paritySchema,
  /** Share of the labelled test set classified correctly; a missing figure if the model has no labels. */
  accuracy: figureSchema,
  speedup: speedupSchema,
  badges: z.array(badgeSchema),
  /** Number of non-lead samples, and of the lead samples stored with them. */
  sampleCount: z.number().int().nonnegative(),
  leadSampleCount: z.number().int().nonnegative(),
  outliers: z.object({ mild: z.number().int().nonnegative(), severe: z.number().int().nonnegative() }),
  steadiness: z.array(steadinessSchema),
  threads: z.number().int().positive().nullable(),
  loadMs: figureSchema,
  /** sha256 of the file that ran (ONNX, engine, IR); null if there was none. */
  artifactSha256: z.string().nullable(),
  /** The converted artifact that the plan named; null or absent if the run found or exported its file itself. */
  artifact: z
    .object({
      kind: artifactKindSchema,
      sha256: z.string(),
      tools: z.record(z.string(), z.string()),
      /** As judged at conversion; the case's own `parity` judges what was timed. */
      parity: z.object({ verdict: parityVerdictSchema, reason: z.string() }),
    })
    .nullable()
    .optional(),
  /** How the graph that ran, or that its engine was built from, was exported; absent if nothing here exported it. */
  exporter: exporterRecordSchema.optional(),
  versions: z.record(z.string(), z.string()),
  /** Results of the plan's passes; absent if the plan did not ask for them. */
  ...passResultShape,
})
export type CaseRecord = z.infer<typeof caseRecordSchema>

/** Largest GPU memory of a case's process. */
export interface ProcessPeak {
  readonly bytes: Figure
  /** How it was read; null if it was not. */
  readonly method: string | null
}

/** One launch of a group (since protocol 2): how it was started and when it ended. */
export const launchRecordSchema = z.object({
  /** caseKeys in the order in which their workers were started. */
  order: z.array(keySchema),
  /** Time from starting a worker until it was ready to measure, without its warm-up. */
  startMs: z.record(keySchema, z.number().nonnegative()),
  /** AnonHugePages of each worker after its last round; null where the system does not tell. */
  hugePageBytes: z.record(keySchema, z.number().int().nonnegative().nullable()),
  /** From the run's start, like `endedAtMs`; before its first worker was started. */
  startedAtMs: z.number().nonnegative().optional(),
  endedAtMs: z.number().nonnegative(),
})
export type LaunchRecord = z.infer<typeof launchRecordSchema>

/** Why a group's launches ended: every comparison was decided, or its time or its launches were used up. */
export const groupStopSchema = z.enum(['decided', 'time', 'launches'])
export type GroupStop = z.infer<typeof groupStopSchema>

export const groupRecordSchema = z.object({
  groupKey: keySchema,
  batchSize: z.number().int().positive(),
  inputShape: z.array(z.number().int().nonnegative()),
  /** Every input, where the model's manifest lists them. */
  inputs: z.array(fedInputSchema).optional(),
  device: z.string(),
  /** caseKey of the baseline. */
  baseline: z.string(),
  /** False if cases took turns because they did not fit in memory together. */
  coResident: z.boolean(),
  /** sha256 of the preprocessed input bytes that every case used. */
  inputSha256: z.string().nullable(),
  /** Rounds per launch beyond the preset's, added by the width rule; absent if the plan has none. */
  addedRounds: z.array(z.number().int().nonnegative()).optional(),
  /** Launches in their order; absent in protocol 1. */
  launches: z.array(launchRecordSchema).optional(),
  /** Chosen from what starting the first launch cost; absent in protocol 1. */
  roundsPerLaunch: z.number().int().positive().optional(),
  /** Absent in protocol 1, while the group is measured, and if no case was left to measure. */
  stopped: groupStopSchema.optional(),
  cases: z.array(caseRecordSchema),
})
export type GroupRecord = z.infer<typeof groupRecordSchema>

export const imageSetSchema = z.object({
  source: z.string(),
  /** Counts add up: found = used + skipped + notUsed. */
  found: z.number().int().nonnegative(),
  used: z.number().int().nonnegative(),
  notUsed: z.number().int().nonnegative(),
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
})
export type ImageSet = z.infer<typeof imageSetSchema>

export const runRecordSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  /** Version of the measuring protocol, by which the record is recomputed; absent means 1. */
  protocol: z.union([z.literal(2), z.literal(3)]).optional(),
  runId: keySchema,
  state: runStateSchema,
  /** True if any case is simulated: stated wherever the run is shown. */
  simulated: z.boolean(),
  createdAt: instantSchema,
  endedAt: instantSchema.nullable(),
  modelName: z.string(),
  task: z.string(),
  /** The command that repeats it. */
  command: z.string(),
  plan: planSchema,
  fingerprint: fingerprintSchema,
  images: imageSetSchema,
  /** How the machine was watched; absent in runs older than this feature, and until the run has begun. */
  sampling: samplingRecordSchema.optional(),
  /** The noise floor that verdicts were judged by; absent in runs older than noise floors, which used 2 %. */
  noiseFloor: appliedNoiseFloorSchema.optional(),
  groups: z.array(groupRecordSchema),
  error: benchErrorSchema.nullable(),
  /** Sentences about the whole run: orphaned noise, co-residency, what was left out. */
  notes: z.array(z.string()).max(mostNotes),
})
export type RunRecord = z.infer<typeof runRecordSchema>

/** Whether a case of the run had seeded weights: its timings are valid, its predictions are not. */
export function hasSeededWeights({ groups }: Pick<RunRecord, 'groups'>): boolean {
  return groups.some(({ cases }) => cases.some(({ weights }) => weights === 'seeded'))
}
