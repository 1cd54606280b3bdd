// What the hardware could do at most, and how near a case comes. Work is counted from the model's graph; the device's
// peaks are measured (a large matrix product, a large copy) or taken from its specification, and say which.
import { z } from 'zod'
import { notMeasuredSchema } from './figure.ts'
import { precisionSchema } from './precision.ts'

export const modelWorkSchema = z.object({
  /** Of one query: two for each multiply and add. */
  operations: z.number().nonnegative(),
  /** Each weight read once, and each activation written and read once, at the size of the precision that computes. */
  bytes: z.number().nonnegative(),
  /** Operators whose work was not counted, which makes the rest a lower bound. */
  notCounted: z.array(z.string()),
})
export type ModelWork = z.infer<typeof modelWorkSchema>

export const devicePeakSchema = z.object({
  precision: precisionSchema,
  operationsPerSecond: z.number().positive(),
  bytesPerSecond: z.number().positive(),
  /** `measured: 4096 × 4096 matrix product, 1 GiB copy`, or `specification`. */
  source: z.string().min(1),
})
export type DevicePeak = z.infer<typeof devicePeakSchema>

export const boundSchema = z.enum(['compute', 'memory', 'launch-overhead', 'transfers', 'unknown'])
export type Bound = z.infer<typeof boundSchema>

export const limitsSchema = z.union([
  z.object({
    work: modelWorkSchema,
    peak: devicePeakSchema,
    operationsPerSecond: z.number().nonnegative(),
    /** Operations a byte. */
    intensity: z.number().nonnegative(),
    /** Of what the roof allows at this intensity, 0..1 and above where the work was overcounted. */
    shareOfRoof: z.number().nonnegative(),
    boundBy: boundSchema,
    /** One sentence: `this engine runs at 31 % of what this device can do, bound by …`. */
    reason: z.string().min(1),
  }),
  notMeasuredSchema,
])
export type Limits = z.infer<typeof limitsSchema>
