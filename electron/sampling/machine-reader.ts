// Host and GPU as one sample. Without a GPU that can be read, the host alone is sampled, and why is said once.
import type { MachineSample } from '../../shared/domain/machine-sample.ts'
import { createGpuReader } from './gpu-reader.ts'
import type { HostFiles } from './host-files.ts'
import { createHostReader } from './host-reader.ts'
import type { OpenNvml } from './nvml.ts'
import type { ProcessState } from './process-files.ts'

export interface MachineReaderParts {
  readonly files: HostFiles
  readonly ownProcesses: () => ReadonlySet<number> | null
  readonly stateOf: (pid: number) => ProcessState | null
  readonly openNvml: OpenNvml
  readonly onNotRead: (sentence: string) => void
  /** Told once, with the driver's words, when the GPU is gone. */
  readonly onGpuLost: (words: string) => void
}

export interface MachineReader {
  /** Name of the GPU; null where none is read. */
  readonly gpu: string | null
  readonly slowdownCelsius: number | null
  /** @param atMs monotonic. @param elapsedMs since the reading before. */
  read(atMs: number, elapsedMs: number): Omit<MachineSample, 'atMs'>
}

export function createMachineReader(parts: MachineReaderParts): MachineReader {
  const { stateOf, onNotRead, onGpuLost } = parts
  const host = createHostReader(parts)
  const opened = parts.openNvml()
  if (parts.ownProcesses() === null)
    onNotRead('Processor time of other processes is not read: the system does not tell them apart.')
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
