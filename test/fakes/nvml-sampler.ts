// Sampling as a run has it, with the real supervisor and readers, on a GPU that a test makes up: what would be a process
// of its own reads here, fifty times a second.
import type { HostFiles } from '../../electron/sampling/host-files.ts'
import { createMachineReader } from '../../electron/sampling/machine-reader.ts'
import { createMachineSampler } from '../../electron/sampling/machine-sampler.ts'
import type { NvmlGpu } from '../../electron/sampling/nvml.ts'
import type { SamplingMessage } from '../../electron/sampling/sampling-messages.ts'
import type { StartMachineSampler } from '../../electron/sampling/watching.ts'
import type { WorkerChannelListener } from '../../electron/workers/channels.ts'
import { createWorkerRegistry } from '../../electron/workers/worker-process.ts'

const intervalMs = 20

const restingHost: HostFiles = {
  processorTotals: () => ({ busyMs: 0, totalMs: 1000, workMs: 0 }),
  cpuClockMhz: () => 3000,
  memoryUsedBytes: () => 1e9,
  swapInPages: () => 0,
  uptimeMs: () => nowMs(),
}

/** @param isOurs which of the processes on the GPU belong to the run; the others are there, and foreign. */
export function nvmlSampler(gpu: NvmlGpu, isOurs: (pid: number) => boolean = () => false): StartMachineSampler {
  return createMachineSampler({
    spawn: () => samplingHere(gpu, isOurs),
    registry: createWorkerRegistry(),
    ownPid: process.pid,
    log: () => {},
  })
}

function samplingHere(gpu: NvmlGpu, isOurs: (pid: number) => boolean) {
  let listener: WorkerChannelListener | null = null
  let timer: NodeJS.Timeout | null = null
  const tell = (message: SamplingMessage) => listener?.message(message)
  function sample() {
    const began = nowMs()
    const reader = createMachineReader({
      files: restingHost,
      ownProcesses: () => new Set([...Array(100).keys()].filter(isOurs)),
      stateOf: () => ({ cpuTicks: 0, isStopped: false }),
      openNvml: () => gpu,
      onNotRead: (sentence) => tell({ message: 'not-read', sentence }),
      onGpuLost: (words) => tell({ message: 'gpu-lost', words }),
    })
    tell({ message: 'opened', gpu: reader.gpu, slowdownCelsius: reader.slowdownCelsius })
    timer = setInterval(() => {
      const atMs = nowMs()
      const reading = reader.read(atMs, intervalMs)
      tell({ message: 'sample', atNs: Math.round(atMs * 1e6), sample: reading, cpuMs: 1, elapsedMs: atMs - began })
    }, intervalMs)
  }
  return {
    pid: null,
    send: sample,
    kill: () => timer !== null && clearInterval(timer),
    listen: (given: WorkerChannelListener) => {
      listener = given
    },
  }
}

function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
