// A GPU whose every reading a test can set, or take away with the reason that a driver would give.
import type { NvmlGpu, NvmlReading } from '../../electron/sampling/nvml.ts'

type Readings = {
  [Name in keyof NvmlGpu as NvmlGpu[Name] extends () => NvmlReading<unknown> ? Name : never]: NvmlGpu[Name]
}

export const given =
  <Value>(value: Value) =>
  (): NvmlReading<Value> => ({ value, reason: null })
export const notGiven = (reason: string) => (): NvmlReading<never> => ({ value: null, reason })

export function fakeNvml(changes: Partial<Readings> = {}): NvmlGpu {
  return {
    name: 'Fake GPU',
    smClockMhz: given(1980),
    memoryClockMhz: given(3201),
    powerMilliwatts: given(300_500),
    temperatureCelsius: given(50),
    slowdownCelsius: given(92),
    memoryUsedBytes: given(2e9),
    utilizationPercent: given(7),
    clockReasonBits: given(0n),
    computeProcesses: given([]),
    energyMillijoules: given(5_000_250),
    close: () => {},
    ...changes,
  }
}
