// Messages between the sampling process and the app. Times in ns of the machine's monotonic clock, which all processes
// share.
import { z } from 'zod'
import { machineSampleSchema } from '../../shared/domain/machine-sample.ts'

export const samplingCommandSchema = z.discriminatedUnion('command', [
  z.object({
    command: z.literal('start'),
    /** This process and all its descendants are ours. */
    ownPid: z.number().int(),
    intervalMs: z.number().positive(),
    /** The GPU to read: its UUID or number; null for the first that CUDA sees. */
    gpu: z.string().nullable(),
  }),
  /** Answers `cuda-devices`, once. */
  z.object({ command: z.literal('list-cuda-devices') }),
])
export type SamplingCommand = z.infer<typeof samplingCommandSchema>

/** What CUDA sees, in its own order. */
const cudaDeviceSchema = z.object({
  name: z.string(),
  /** `GPU-…`, or `MIG-…` for an instance; null if the driver is too old to report it. */
  uuid: z.string().nullable(),
  computeCapability: z.string(),
  memoryBytes: z.number().int(),
})
export type CudaDevice = z.infer<typeof cudaDeviceSchema>

export const samplingMessageSchema = z.discriminatedUnion('message', [
  z.object({ message: z.literal('cuda-devices'), devices: z.array(cudaDeviceSchema) }),
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
