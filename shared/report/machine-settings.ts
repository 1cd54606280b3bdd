// How a machine and its GPUs are set, in words: what may differ between two runs on the same parts. A fact that the record
// does not have, being older, is left out; one that could not be read is null.
import type { Gpu, Machine } from '../domain/fingerprint.ts'
import { countText } from './figure-text.ts'

export type Setting = readonly [name: string, value: string | null]

type Recorded<Value> = Value | null | undefined

export function gpuSettings(gpu: Gpu): readonly Setting[] {
  return [
    ...setting('compute capability', gpu.computeCapability, String),
    ...setting('CUDA of the driver', gpu.driverCudaVersion, String),
    ...setting('GPU power limit', gpu.powerLimitWatts, (watts) => `${watts} W`),
    ...setting('largest SM clock', gpu.maxSmClockMhz, (clock) => `${countText(clock)} MHz`),
    ...setting('largest memory clock', gpu.maxMemoryClockMhz, (clock) => `${countText(clock)} MHz`),
    ...setting('persistence mode', gpu.persistenceMode, onOrOff),
    ...setting('MIG', gpu.migMode, onOrOff),
    ...setting('ECC', gpu.eccMode, onOrOff),
    ...setting('display on the GPU', gpu.displayActive, (active) => (active ? 'active' : 'none')),
  ]
}

export function hostSettings(machine: Machine): readonly Setting[] {
  return [
    ...setting('clock boost', machine.cpuBoost, onOrOff),
    ...setting('SMT', machine.simultaneousMultithreading, onOrOff),
    ...setting('transparent huge pages', machine.transparentHugePages, String),
    ...setting('container', machine.container, (container) => (container ? 'yes' : 'no')),
    ...setting('processor limit', machine.cpuLimitCores, (cores) =>
      cores === 'none' ? cores : `${Number(cores.toFixed(2))} ${cores === 1 ? 'core' : 'cores'}`,
    ),
    ...setting('memory limit', machine.memoryLimitBytes, (bytes) =>
      bytes === 'none' ? bytes : `${(bytes / 1024 ** 3).toFixed(1)} GiB`,
    ),
  ]
}

/** `GPU power limit 700 W, MIG off`, of those that were read; null where none was. */
export function settingsLine(settings: readonly Setting[]): string | null {
  const read = settings.flatMap(([name, value]) => (value === null ? [] : `${name} ${value}`))
  return read.length === 0 ? null : read.join(', ')
}

function setting<Value>(name: string, value: Recorded<Value>, words: (value: Value) => string): readonly Setting[] {
  if (value === undefined) return []
  return [[name, value === null ? null : words(value)]]
}

function onOrOff(on: boolean): string {
  return on ? 'on' : 'off'
}
