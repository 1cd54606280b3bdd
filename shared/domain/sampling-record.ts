// What is known of the machine's state around a run: whether it was quiet before, and how it was watched.
import { z } from 'zod'

export const preflightSchema = z.object({
  verdict: z.enum(['quiet', 'noisy', 'unknown']),
  reason: z.string(),
})
export type Preflight = z.infer<typeof preflightSchema>

export const samplingRecordSchema = z.object({
  preflight: preflightSchema,
  /** How many samples machine.ndjson holds. */
  samples: z.number().int().nonnegative(),
  /** Processor time that sampling itself took, as a share of one core; null where it did not tell. */
  shareOfCore: z.number().nonnegative().nullable(),
  /** The GPU that was sampled; null where none was. */
  gpu: z.string().nullable(),
  /** What could not be read, each with its reason, said once. */
  notRead: z.array(z.string()),
  /** Why sampling ended before the run did; null where it did not. */
  endedEarly: z.string().nullable(),
})
export type SamplingRecord = z.infer<typeof samplingRecordSchema>
