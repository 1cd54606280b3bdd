// Once a second, how busy the whole machine is: processor load and clock, memory in use. What cannot be read is null.
// Does not see single processes, and judges nothing.
import { cpus, freemem, totalmem } from 'node:os'
import type { MachineSample } from '../store/run-writing.ts'
import { cpuClockMhz, cpuLoadPercent, type ProcessorReading, processorTimes } from './cpu-load.ts'

export const samplingIntervalMs = 1000

export interface HostReadings {
  processors(): readonly ProcessorReading[]
  memoryUsedBytes(): number | null
}

export interface HostSampler {
  /** Idempotent; no sample comes after it. */
  stop(): void
}

export type StartHostSampler = (elapsedMs: () => number, onSample: (sample: MachineSample) => void) => HostSampler

export const hostReadings: HostReadings = {
  processors: cpus,
  memoryUsedBytes: () => totalmem() - freemem(),
}

/** `elapsedMs` counts from the run's start. The timer never keeps the process alive. */
export function createHostSampler(readings: HostReadings = hostReadings): StartHostSampler {
  return (elapsedMs, onSample) => {
    let before = processorTimes(readings.processors())
    const timer = setInterval(() => {
      const processors = readings.processors()
      const after = processorTimes(processors)
      onSample({
        atMs: elapsedMs(),
        cpuLoadPercent: cpuLoadPercent(before, after),
        cpuClockMhz: cpuClockMhz(processors),
        memoryUsedBytes: readings.memoryUsedBytes(),
      })
      before = after
    }, samplingIntervalMs)
    timer.unref()
    return { stop: () => clearInterval(timer) }
  }
}
