// Messages between the sampling process and the app. Times in ns of the machine's monotonic clock, which all processes
// share.
import { z } from 'zod'
import { machineSampleSchema } from '../../shared/domain/machine-sample.ts'

export const samplingCommandSchema = z.object({
  command: z.literal('start'),
  /** This process and all its descendants are ours. */
  ownPid: z.number().int(),
  intervalMs: z.number().positive(),
})
export type SamplingCommand = z.infer<typeof samplingCommandSchema>

export const samplingMessageSchema = z.discriminatedUnion('message', [
  z.object({
    message: z.literal('opened'),
    /** Name of the sampled GPU; null if there is none. */
    gpu: z.string().nullable(),
    slowdownCelsius: z.number().nullable(),
  }),
  z.object({
    message: z.literal('sample'),
    atNs: z.number().int(),
    sample: machineSampleSchema.omit({ atMs: true }),
    /** Processor time of the sampling process since its start, and the time since its start. */
    cpuMs: z.number().nonnegative(),
    elapsedMs: z.number().nonnegative(),
  }),
  /** Once, with the driver's message: the driver no longer reaches the GPU. */
  z.object({ message: z.literal('gpu-lost'), words: z.string() }),
  /** Once for each reading that is not available. */
  z.object({ message: z.literal('not-read'), sentence: z.string() }),
])
export type SamplingMessage = z.infer<typeof samplingMessageSchema>
