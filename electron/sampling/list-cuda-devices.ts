// Asks the sampling program once which GPUs CUDA sees. Resolves to an empty list if it does not answer in time: the order
// of GPUs is then the driver's, and a run names the card it used.
import type { WorkerChannel } from '../workers/channels.ts'
import { type Clock, systemClock } from '../workers/watchdog.ts'
import type { WorkerRegistry } from '../workers/worker-process.ts'
import { type CudaDevice, type SamplingCommand, samplingMessageSchema } from './sampling-messages.ts'

const answerLimitMs = 20_000

interface ListingDependencies {
  readonly spawn: () => WorkerChannel<SamplingCommand>
  readonly registry: WorkerRegistry
  readonly clock?: Clock
}

export function listCudaDevices({
  spawn,
  registry,
  clock = systemClock,
}: ListingDependencies): Promise<readonly CudaDevice[]> {
  const channel = spawn()
  registry.add(channel)
  return new Promise((resolve) => {
    const end = (devices: readonly CudaDevice[]) => {
      takeBack()
      channel.kill('SIGKILL')
      registry.remove(channel)
      resolve(devices)
    }
    const takeBack = clock.after(answerLimitMs, () => end([]))
    channel.listen({
      message: (value) => {
        const parsed = samplingMessageSchema.safeParse(value)
        end(parsed.success && parsed.data.message === 'cuda-devices' ? parsed.data.devices : [])
      },
      unreadable: () => end([]),
      log: () => {},
      exited: () => end([]),
      notStarted: () => end([]),
    })
    channel.send({ command: 'list-cuda-devices' })
  })
}
