// One reading of the whole machine, several times a second during a run. Null if it cannot be read, never 0; fields
// that older runs lack are optional. Times in ms from the run's start.
import { z } from 'zod'

/** The driver's reasons for the GPU's clocks; `other` represents every bit not known here. */
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
  /** Foreign processes that compute on it; null if unknown. */
  foreignProcesses: z.array(z.number().int()).nullable(),
  /** Our processes that compute on it, with the memory that each holds there; null if they cannot be distinguished. */
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
  /** Processor time of all foreign processes, in percent of one core: 100 is one busy core. */
  foreignCpuPercent: reading.optional(),
  /** Pages read back from swap since the previous sample. */
  swapInPages: reading.optional(),
  /** How long the machine slept since the previous sample. */
  suspendedMs: reading.optional(),
  /** Our processes that were stopped (SIGSTOP) at that moment. */
  stoppedProcesses: z.array(z.number().int()).optional(),
  /** The GPU that the run uses; null if there is none or it cannot be read. */
  gpu: gpuSampleSchema.nullable().optional(),
})
export type MachineSample = z.infer<typeof machineSampleSchema>
