// Host and GPU as one sample. Without a readable GPU only the host is sampled, and the reason is reported once.
import type { GpuSample, MachineSample } from '../../shared/domain/machine-sample.ts'
import { clockReasons } from '../../shared/sampling/clock-reasons.ts'
import type { HostFiles, ProcessState } from './host-files.ts'
import { createHostReader } from './host-reader.ts'
import type { NvmlGpu, NvmlReading, OpenNvml } from './nvml.ts'

interface MachineReaderDependencies {
  readonly files: HostFiles
  readonly ownProcesses: () => ReadonlySet<number> | null
  readonly stateOf: (pid: number) => ProcessState | null
  readonly openNvml: OpenNvml
  readonly onNotRead: (sentence: string) => void
  /** Called once, with the driver's message, when the GPU is lost. */
  readonly onGpuLost: (words: string) => void
}

interface MachineReader {
  /** Name of the GPU; null if none is read. */
  readonly gpu: string | null
  readonly slowdownCelsius: number | null
  /** @param atMs monotonic. @param elapsedMs since the previous reading. */
  read(atMs: number, elapsedMs: number): Omit<MachineSample, 'atMs'>
}

export function createMachineReader(parts: MachineReaderDependencies): MachineReader {
  const { stateOf, onNotRead, onGpuLost } = parts
  const host = createHostReader(parts)
  const opened = parts.openNvml()
  if (parts.ownProcesses() === null)
    onNotRead('Processor time of other processes is not read: the system does not report it by process.')
  if ('absent' in opened) {
    onNotRead(`No GPU is sampled. ${opened.absent}`)
    return {
      gpu: null,
      slowdownCelsius: null,
      read: (atMs, elapsedMs) => ({ ...host.read(atMs, elapsedMs), gpu: null }),
    }
  }
  const gpu = createGpuReader({
    gpu: opened,
    isOurs: host.isOurs,
    exists: (pid) => stateOf(pid) !== null,
    onMissing: onNotRead,
    onLost: onGpuLost,
  })
  return {
    gpu: opened.name,
    slowdownCelsius: gpu.slowdownCelsius(),
    read: (atMs, elapsedMs) => ({ ...host.read(atMs, elapsedMs), gpu: gpu.read(atMs) }),
  }
}

// One GPU's readings as a sample. A reading that is not available is null, and the reason is reported once. The energy
// counter takes milliseconds to read, so it is read about once a second.

const energyIntervalMs = 1000

interface GpuReaderDependencies {
  readonly gpu: NvmlGpu
  readonly isOurs: (pid: number) => boolean
  /** False if a process of that id is not visible: inside a container, outside ids mean nothing. */
  readonly exists: (pid: number) => boolean
  /** Called once for each missing reading. */
  readonly onMissing: (sentence: string) => void
  /** Called once, with the driver's message, when the driver no longer reaches the GPU. */
  readonly onLost: (words: string) => void
}

export function createGpuReader({ gpu, isOurs, exists, onMissing, onLost }: GpuReaderDependencies) {
  const told = new Set<string>()
  let lastEnergyAtMs: number | null = null
  let isLost = false

  function missing(sentence: string): null {
    if (!told.has(sentence)) {
      told.add(sentence)
      onMissing(sentence)
    }
    return null
  }

  function valueOrNull<Value>(name: string, reading: NvmlReading<Value>): Value | null {
    if (reading.reason === null) return reading.value
    if (reading.isLost === true && !isLost) {
      isLost = true
      onLost(reading.reason)
    }
    return missing(`The GPU's ${name} is not read: ${reading.reason}.`)
  }

  function scaled(name: string, reading: NvmlReading<number>): number | null {
    const value = valueOrNull(name, reading)
    return value === null ? null : value / 1000
  }

  function reasons(): GpuSample['clockReasons'] {
    const bits = valueOrNull('reasons for its clocks', gpu.clockReasonBits())
    if (bits === null) return null
    const names = clockReasons(bits)
    if (names.includes('other')) {
      missing(`The driver gives a reason for the GPU's clocks that is not known here (bits 0x${bits.toString(16)}).`)
    }
    return names
  }

  function processes(): Pick<GpuSample, 'foreignProcesses' | 'ownProcesses'> {
    const told = valueOrNull('list of processes', gpu.computeProcesses())
    if (told === null) return { foreignProcesses: null, ownProcesses: null }
    if (told.some(({ pid }) => !exists(pid))) {
      missing(
        'Processes on the GPU have process ids from outside this container, so Enginebench cannot tell its own from others.',
      )
      return { foreignProcesses: null, ownProcesses: null }
    }
    return {
      foreignProcesses: told.filter(({ pid }) => !isOurs(pid)).map(({ pid }) => pid),
      ownProcesses: told.filter(({ pid }) => isOurs(pid)).map(({ pid, usedBytes }) => ({ pid, usedBytes })),
    }
  }

  return {
    read(atMs: number): GpuSample {
      const energyIsDue = lastEnergyAtMs === null || atMs - lastEnergyAtMs >= energyIntervalMs
      if (energyIsDue) lastEnergyAtMs = atMs
      return {
        smClockMhz: valueOrNull('SM clock', gpu.smClockMhz()),
        memoryClockMhz: valueOrNull('memory clock', gpu.memoryClockMhz()),
        powerWatts: scaled('power', gpu.powerMilliwatts()),
        temperatureCelsius: valueOrNull('temperature', gpu.temperatureCelsius()),
        memoryUsedBytes: valueOrNull('memory', gpu.memoryUsedBytes()),
        utilizationPercent: valueOrNull('utilisation', gpu.utilizationPercent()),
        clockReasons: reasons(),
        ...processes(),
        energyJoules: energyIsDue ? scaled('energy counter', gpu.energyMillijoules()) : null,
      }
    },
    slowdownCelsius: () => gpu.slowdownCelsius().value,
  }
}
