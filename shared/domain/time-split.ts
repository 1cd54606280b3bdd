// Where the time of one query goes. Host times are taken with the device waited for after each part, in a pass of its
// own, so they add up to more than the latency of the rounds; device times come from CUDA events and are never added to
// or subtracted from host times.
import { z } from 'zod'
import { notMeasuredSchema } from './figure.ts'

export const queryPartSchema = z.enum(['preprocess', 'host-to-device', 'compute', 'device-to-host', 'postprocess'])
export type QueryPart = z.infer<typeof queryPartSchema>

export const partTimeSchema = z.object({
  part: queryPartSchema,
  clock: z.enum(['host', 'device']),
  /** Of one query; null where it was not measured. */
  medianMs: z.number().nonnegative().nullable(),
  /** Why there is no median; null where there is one. */
  reason: z.string().nullable(),
  /** Whether the latency of the rounds holds it. */
  included: z.boolean(),
})
export type PartTime = z.infer<typeof partTimeSchema>

export const timeSplitSchema = z.union([
  z.object({ queries: z.number().int().positive(), method: z.string().min(1), parts: z.array(partTimeSchema) }),
  notMeasuredSchema,
])
export type TimeSplit = z.infer<typeof timeSplitSchema>
