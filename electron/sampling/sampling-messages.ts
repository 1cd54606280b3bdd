// What the sampling process and the app say to each other. Times in ns of the machine's monotonic clock, which all
// processes share.
import { z } from 'zod'
import { machineSampleSchema } from '../../shared/domain/machine-sample.ts'

export const samplingCommandSchema = z.object({
  command: z.literal('start'),
  /** This process and all that descend from it are ours. */
  ownPid: z.number().int(),
  intervalMs: z.number().positive(),
})
export type SamplingCommand = z.infer<typeof samplingCommandSchema>

export const samplingMessageSchema = z.discriminatedUnion('message', [
  z.object({
    message: z.literal('opened'),
    /** Name of the GPU that is sampled; null where none is. */
    gpu: z.string().nullable(),
    slowdownCelsius: z.number().nullable(),
  }),
  z.object({
    message: z.literal('sample'),
    atNs: z.number().int(),
    sample: machineSampleSchema.omit({ atMs: true }),
    /** Processor time of the sampling process since it began, and how long ago that was. */
    cpuMs: z.number().nonnegative(),
    elapsedMs: z.number().nonnegative(),
  }),
  /** Once, in the driver's words: it does not reach the GPU any more. */
  z.object({ message: z.literal('gpu-lost'), words: z.string() }),
  /** Once for each thing that cannot be read. */
  z.object({ message: z.literal('not-read'), sentence: z.string() }),
])
export type SamplingMessage = z.infer<typeof samplingMessageSchema>
