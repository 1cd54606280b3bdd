// Starts a Node worker by forking this runtime. The app gives its own way instead (a utility process), since its
// runtime may not be started as Node; both look like a WorkerChannel.
import { fork } from 'node:child_process'
import { cleanedEnvironment } from '../system/process-environment.ts'
import { forwardLog } from './log-lines.ts'
import { tellProcessEnd } from './process-end.ts'
import { killProcessGroup } from './process-group.ts'
import type { WorkerChannel } from './worker-channel.ts'

export type SpawnNodeWorker = <Command extends object = object>(workerFile: string) => WorkerChannel<Command>

export const forkNodeWorker: SpawnNodeWorker = <Command extends object>(workerFile: string): WorkerChannel<Command> => {
  const child = fork(workerFile, [], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: cleanedEnvironment(),
  })
  return {
    pid: child.pid ?? null,
    send: (command) => {
      // Writing to a worker that is gone: its exit tells.
      if (child.connected) child.send(command, () => {})
    },
    kill: (signal) => {
      if (child.pid !== undefined) killProcessGroup(child.pid, signal)
    },
    listen(listener) {
      forwardLog(child.stdout, listener)
      forwardLog(child.stderr, listener)
      child.on('message', (value) => listener.message(value))
      tellProcessEnd(child, listener)
    },
  }
}
