// Samples of a machine at rest, with what a test wants different.
import type { GpuSample, MachineSample } from '../../shared/domain/machine-sample.ts'

export function machineSample(atMs: number, changes: Partial<MachineSample> = {}): MachineSample {
  return {
    atMs,
    cpuLoadPercent: 50,
    cpuClockMhz: 3000,
    memoryUsedBytes: 1e9,
    foreignCpuPercent: 2,
    swapInPages: 0,
    suspendedMs: 0,
    stoppedProcesses: [],
    gpu: null,
    ...changes,
  }
}

export function gpuSample(changes: Partial<GpuSample> = {}): GpuSample {
  return {
    smClockMhz: 1980,
    memoryClockMhz: 3201,
    powerWatts: 300,
    temperatureCelsius: 50,
    memoryUsedBytes: 2e9,
    utilizationPercent: 0,
    clockReasons: [],
    foreignProcesses: [],
    energyJoules: null,
    ...changes,
  }
}
