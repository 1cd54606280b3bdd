// One reading of the whole machine, several times a second while a run goes on. Null where it cannot be read, never 0;
// fields that older runs lack are optional. Times in ms from the run's start.
import { z } from 'zod'

/** Why the GPU's clocks are what they are, as the driver tells; `other` stands for every bit not known here. */
export const clockReasonSchema = z.enum([
  'idle',
  'application-clocks',
  'software-power-cap',
  'hardware-slowdown',
  'sync-boost',
  'software-thermal',
  'hardware-thermal',
  'power-brake',
  'display-clock',
  'other',
])
export type ClockReason = z.infer<typeof clockReasonSchema>

const reading = z.number().nonnegative().nullable()

export const gpuSampleSchema = z.object({
  smClockMhz: reading,
  memoryClockMhz: reading,
  powerWatts: reading,
  temperatureCelsius: reading,
  memoryUsedBytes: reading,
  utilizationPercent: reading,
  clockReasons: z.array(clockReasonSchema).nullable(),
  /** Processes that compute on it and are not ours; null where that cannot be told. */
  foreignProcesses: z.array(z.number().int()).nullable(),
  /** Ours that compute on it, with the memory that each holds there; null where they cannot be told apart. */
  ownProcesses: z
    .array(z.object({ pid: z.number().int(), usedBytes: reading }))
    .nullable()
    .optional(),
  /** The board's counter since its driver was loaded; read about once a second, null in between. */
  energyJoules: reading,
})
export type GpuSample = z.infer<typeof gpuSampleSchema>

export const machineSampleSchema = z.object({
  /** From the run's start. */
  atMs: z.number().nonnegative(),
  cpuLoadPercent: z.number().nullable(),
  cpuClockMhz: z.number().nullable(),
  memoryUsedBytes: z.number().nullable(),
  /** Processor time of all processes but ours, in percent of one core: 100 is one core kept busy. */
  foreignCpuPercent: reading.optional(),
  /** Pages read back from swap since the sample before. */
  swapInPages: reading.optional(),
  /** How long the machine slept since the sample before. */
  suspendedMs: reading.optional(),
  /** Processes of ours that were stopped (SIGSTOP) at that moment. */
  stoppedProcesses: z.array(z.number().int()).optional(),
  /** Of the GPU that the run uses; null where there is none or it cannot be read. */
  gpu: gpuSampleSchema.nullable().optional(),
})
export type MachineSample = z.infer<typeof machineSampleSchema>
