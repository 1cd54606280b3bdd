// Events of a running run; the command line prints them, the window draws them. In the order of happening. Events
// describe, they never command.
import { z } from 'zod'
import { backendIdSchema } from './backend.ts'
import { stageSchema } from './bench-error.ts'
import { figureSchema, intervalSchema } from './figure.ts'
import { machineSampleSchema } from './machine-sample.ts'
import { parityFindingSchema } from './parity.ts'
import { precisionSchema } from './precision.ts'
import { caseStateSchema, decisionSchema, groupStopSchema, runStateSchema } from './run.ts'
import { sampleBlockSchema } from './sample-block.ts'

/**
 * Running figures by caseKey; verdicts come with `launch-completed`. A case is absent until its parity is judged: no speed
 * of it is told before.
 */
const interimSchema = z.record(
  z.string(),
  z.object({ p50Ms: figureSchema, speedup: figureSchema, sampleCount: z.number().int() }),
)

export const runEventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('run-started'),
    runId: z.string(),
    modelName: z.string(),
    simulated: z.boolean(),
    groups: z.array(
      z.object({
        groupKey: z.string(),
        batchSize: z.number().int(),
        /** At most: launches end when every comparison is decided. */
        launches: z.number().int(),
        /** Of each launch, at least: the first one may show that starting costs so much that more are better. */
        rounds: z.number().int(),
        /** Launches that earlier sessions made: those that follow are counted from here. */
        launchesDone: z.number().int().nonnegative(),
        baseline: z.string(),
        cases: z.array(z.object({ caseKey: z.string(), backend: backendIdSchema, precision: precisionSchema })),
      }),
    ),
    /** Null until it can be estimated. */
    estimatedMs: z.number().nullable(),
  }),
  z.object({
    kind: z.literal('stage'),
    stage: stageSchema,
    groupKey: z.string().nullable(),
    caseKey: z.string().nullable(),
    /** 0..1 of this stage; null if unknown. */
    fraction: z.number().min(0).max(1).nullable(),
    message: z.string(),
  }),
  z.object({
    kind: z.literal('case-changed'),
    groupKey: z.string(),
    caseKey: z.string(),
    state: caseStateSchema,
    reason: z.string().nullable(),
  }),
  z.object({ kind: z.literal('block'), groupKey: z.string(), caseKey: z.string(), block: sampleBlockSchema }),
  z.object({
    kind: z.literal('round-completed'),
    groupKey: z.string(),
    launch: z.number().int(),
    round: z.number().int(),
    /** Planned for this launch. */
    rounds: z.number().int().positive(),
    interim: interimSchema,
    remainingMs: z.number().nullable(),
  }),
  /** Once a group, right after its first launch; again for listeners of a session that continues or resumes a run. */
  z.object({
    kind: z.literal('parity-judged'),
    groupKey: z.string(),
    /** By caseKey; a case that failed before is absent. */
    parities: z.record(z.string(), parityFindingSchema),
    interim: interimSchema,
  }),
  z.object({
    kind: z.literal('launch-completed'),
    groupKey: z.string(),
    launch: z.number().int(),
    /** By caseKey of the candidates; a comparison that can no longer be made, or that parity refuses, is absent. */
    comparisons: z.record(
      z.string(),
      z.object({
        /** Over all launches so far. */
        value: z.number(),
        interval: intervalSchema.pick({ low: true, high: true }),
        /** What a look says: after some launches, and after the last. Null between looks. */
        verdict: decisionSchema.nullable(),
      }),
    ),
    /** Number of launches at the next look; null if there is none. */
    nextLook: z.number().int().positive().nullable(),
    /** Why the launches of this group ended; null if another one follows. */
    stopped: groupStopSchema.nullable(),
  }),
  /** Once a second, for the whole machine; machine.ndjson holds every sample. */
  machineSampleSchema.extend({ kind: z.literal('machine-sample') }),
  z.object({ kind: z.literal('run-ended'), runId: z.string(), state: runStateSchema, message: z.string().nullable() }),
])
export type RunEvent = z.infer<typeof runEventSchema>
