// How far apart this machine measures two copies of the same code: what a speedup must exceed to be believed here.
// From comparisons of the same design (preset) as the runs it is applied to, and from other runs than those.
import { z } from 'zod'
import { intervalSchema, notMeasuredSchema } from './figure.ts'
import { planSchema, presetNameSchema } from './plan.ts'

export const fewestComparisons = 40

export const noiseFloorSchema = z.object({
  /** 95th percentile of |ratio − 1|: 0.031 is 3.1 %. */
  value: z.number().nonnegative(),
  interval: intervalSchema,
  comparisons: z.number().int().min(fewestComparisons),
  /** How many of them an interval told apart, and how many a verdict would have. */
  intervalsExcludingOne: z.number().int().nonnegative(),
  preset: presetNameSchema,
  device: planSchema.shape.device,
  /** What was compared with itself: `digits, onnxruntime-node fp32, batch 1`. */
  subject: z.string().min(1),
  /** Of the machine and the app's version: a floor holds for no other. */
  machineHash: z.string().min(1),
  /** ISO 8601, UTC. */
  measuredAt: z.string(),
})
export type NoiseFloor = z.infer<typeof noiseFloorSchema>

/** As a run's record keeps it: what it was judged by, or why by the smallest claim alone. */
export const appliedNoiseFloorSchema = z.union([noiseFloorSchema, notMeasuredSchema])
export type AppliedNoiseFloor = z.infer<typeof appliedNoiseFloorSchema>
