// Batch × precision × backend × streams, each point measured briefly: where throughput stops growing, and what does not
// fit. For choosing what to compare; a claim needs a run. Record: sweep.json in its own folder.
import { z } from 'zod'
import { backendIdSchema } from './backend.ts'
import { benchErrorSchema } from './bench-error.ts'
import { figureSchema } from './figure.ts'
import { fingerprintSchema } from './fingerprint.ts'
import { instantSchema } from './instant.ts'
import { weightsOriginSchema } from './model.ts'
import { planSchema } from './plan.ts'
import { precisionSchema } from './precision.ts'
import { runStateSchema } from './run.ts'

export const sweepPlanSchema = planSchema
  .omit({ batchSizes: true, preset: true, passes: true, widthRule: true })
  .extend({
    batchSizes: z.array(z.number().int().positive()).min(1).max(32),
    /** Workers of one case that compute at the same time. */
    streams: z.array(z.number().int().positive().max(16)).min(1).max(8),
    /** How long each point is measured. */
    pointMs: z.number().min(500).max(60_000),
  })
export type SweepPlan = z.infer<typeof sweepPlanSchema>

export const sweepPointSchema = z.object({
  backend: backendIdSchema,
  precision: precisionSchema,
  /** sha256 of the artifact that ran; absent if the plan named none. */
  artifact: z.string().optional(),
  batchSize: z.number().int().positive(),
  streams: z.number().int().positive(),
  state: z.enum(['measured', 'out-of-memory', 'predicted-out-of-memory', 'dominated', 'failed', 'cancelled']),
  /** Why it was not measured; null if it was. */
  reason: z.string().nullable(),
  latencyMs: figureSchema,
  imagesPerSecond: figureSchema,
  memoryBytes: figureSchema,
  /** Predicted from smaller batches beforehand; null with fewer than two of them. */
  predictedMemoryBytes: z.number().nonnegative().nullable(),
})
export type SweepPoint = z.infer<typeof sweepPointSchema>

export const sweepRecordSchema = z.object({
  schemaVersion: z.literal(1),
  sweepId: z.string(),
  state: runStateSchema,
  simulated: z.boolean(),
  createdAt: instantSchema,
  endedAt: instantSchema.nullable(),
  modelName: z.string(),
  command: z.string(),
  plan: sweepPlanSchema,
  fingerprint: fingerprintSchema,
  weights: weightsOriginSchema.nullable(),
  points: z.array(sweepPointSchema),
  /** For each candidate and number of streams: the batch beyond which little is gained. */
  knees: z.array(
    z.object({
      backend: backendIdSchema,
      precision: precisionSchema,
      artifact: z.string().optional(),
      streams: z.number().int().positive(),
      batchSize: z.number().int().positive(),
      reason: z.string(),
    }),
  ),
  error: benchErrorSchema.nullable(),
  notes: z.array(z.string()),
})
export type SweepRecord = z.infer<typeof sweepRecordSchema>
