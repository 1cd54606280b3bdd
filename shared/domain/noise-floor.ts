// How much this machine's measurements of two copies of the same code differ: a speedup must exceed it to be believed
// here. From comparisons with the same design (preset) as the runs it is applied to, but not from those runs. Since
// protocol 2 a comparison is one launch.
import { z } from 'zod'
import { intervalSchema, notMeasuredSchema } from './figure.ts'
import { instantSchema } from './instant.ts'
import { planSchema, presetNameSchema } from './plan.ts'

export const fewestComparisons = 40

export const noiseFloorSchema = z.object({
  /** 95th percentile of |ratio − 1|: 0.031 is 3.1 %. */
  value: z.number().nonnegative(),
  interval: intervalSchema,
  comparisons: z.number().int().min(fewestComparisons),
  /** Number of comparisons whose interval excludes 1; absent since protocol 2, where a launch has no interval. */
  intervalsExcludingOne: z.number().int().nonnegative().optional(),
  /** 2: of single launches, and judges runs of protocols 2 and 3; absent: of whole runs of the preset, and judges such. */
  protocol: z.literal(2).optional(),
  preset: presetNameSchema,
  device: planSchema.shape.device,
  /** What was compared with itself: `digits, onnxruntime-node fp32, batch 1`. */
  subject: z.string().min(1),
  /** Of the machine and the app's version: a floor applies to no other. */
  machineHash: z.string().min(1),
  measuredAt: instantSchema,
})
export type NoiseFloor = z.infer<typeof noiseFloorSchema>

/** The floor as stored in a run's record: the floor it was judged by, or why only by the smallest claimed effect. */
export const appliedNoiseFloorSchema = z.union([noiseFloorSchema, notMeasuredSchema])
export type AppliedNoiseFloor = z.infer<typeof appliedNoiseFloorSchema>
