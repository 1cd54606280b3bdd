// The machine's state around a run: whether it was quiet before, and how it was watched.
import { z } from 'zod'

export const preflightSchema = z.object({
  verdict: z.enum(['quiet', 'noisy', 'unknown']),
  reason: z.string(),
})
export type Preflight = z.infer<typeof preflightSchema>

export const samplingRecordSchema = z.object({
  preflight: preflightSchema,
  /** Number of samples in machine.ndjson. */
  samples: z.number().int().nonnegative(),
  /** Processor time of sampling itself, as a share of one core; null if it was not reported. */
  shareOfCore: z.number().nonnegative().nullable(),
  /** The sampled GPU; null if there was none. */
  gpu: z.string().nullable(),
  /** What could not be read, each with its reason, listed once. */
  notRead: z.array(z.string()),
  /** Why sampling ended before the run did; null if it did not. */
  endedEarly: z.string().nullable(),
})
export type SamplingRecord = z.infer<typeof samplingRecordSchema>
