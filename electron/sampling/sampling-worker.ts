// The sampling process's program: reads the machine at a steady pace and sends the readings with its own processor
// time, until it is ended. It has no other task, so it never delays a measurement.
import { openParentChannel } from '../workers/parent-channel.ts'
import { readCudaDevices } from './cuda-devices.ts'
import { createHostFiles, descendants, processState } from './host-files.ts'
import { createMachineReader } from './machine-reader.ts'
import { openNvmlLibrary } from './nvml.ts'
import { type SamplingCommand, type SamplingMessage, samplingCommandSchema } from './sampling-messages.ts'

const parent = openParentChannel<SamplingMessage>()
parent.listen((value) => {
  const command = samplingCommandSchema.parse(value)
  if (command.command === 'start') sample(command)
  else parent.send({ message: 'cuda-devices', devices: [...readCudaDevices()] })
})

function sample({ ownPid, intervalMs, gpu }: Extract<SamplingCommand, { command: 'start' }>): void {
  const reader = createMachineReader({
    files: createHostFiles(),
    ownProcesses: () => descendants(ownPid),
    stateOf: processState,
    openNvml: () => openNvmlLibrary(undefined, gpu ?? process.env.CUDA_VISIBLE_DEVICES),
    onNotRead: (sentence) => parent.send({ message: 'not-read', sentence }),
    onGpuLost: (words) => parent.send({ message: 'gpu-lost', words }),
  })
  parent.send({ message: 'opened', gpu: reader.gpu, slowdownCelsius: reader.slowdownCelsius })
  const began = nowMs()
  const cpuAtBegin = process.cpuUsage()
  let previousMs = began
  setInterval(() => {
    const atMs = nowMs()
    const reading = reader.read(atMs, atMs - previousMs)
    previousMs = atMs
    const { user, system } = process.cpuUsage(cpuAtBegin)
    parent.send({
      message: 'sample',
      atNs: Math.round(atMs * 1e6),
      sample: reading,
      cpuMs: (user + system) / 1000,
      elapsedMs: atMs - began,
    })
  }, intervalMs)
}

function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
