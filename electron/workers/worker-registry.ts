// The workers that are alive, so that the app can end every one when it ends itself, in whatever way.
// Does not start workers and does not wait for them.
import type { WorkerChannel } from './worker-channel.ts'

type LivingProcess = Pick<WorkerChannel, 'pid' | 'kill'>

export interface WorkerRegistry {
  add(channel: LivingProcess): void
  remove(channel: LivingProcess): void
  pids(): readonly number[]
  /** Synchronous, so that it can run while the process exits: SIGKILL to every group. */
  killAll(): void
}

export function createWorkerRegistry(): WorkerRegistry {
  const channels = new Set<LivingProcess>()
  return {
    add: (channel) => void channels.add(channel),
    remove: (channel) => void channels.delete(channel),
    pids: () => [...channels].flatMap((channel) => (channel.pid === null ? [] : [channel.pid])),
    killAll() {
      for (const channel of channels) channel.kill('SIGKILL')
    },
  }
}
