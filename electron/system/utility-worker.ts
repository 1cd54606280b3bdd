// Starts a Node worker as a utility process of the app's own runtime, which needs no Node command line. It ends with
// the app, however the app ends. Does not check messages (worker-process.ts does).
import { Readable } from 'node:stream'
import { type UtilityProcess, utilityProcess } from 'electron'
import type { WorkerChannel, WorkerChannelListener, WorkerExit } from '../workers/channels.ts'
import { forwardLog } from '../workers/lines.ts'
import { cleanedEnvironment } from './process-environment.ts'

type KillSignal = 'SIGTERM' | 'SIGKILL'

/** Must not be called before the app is ready. */
export function spawnUtilityWorker<Command extends object = object>(workerFile: string): WorkerChannel<Command> {
  const child = utilityProcess.fork(workerFile, [], {
    stdio: 'pipe',
    serviceName: 'Enginebench worker',
    env: cleanedEnvironment(process.env, {}),
  })
  let lastSignal: KillSignal | null = null
  return {
    get pid() {
      return child.pid ?? null
    },
    send: (command) => child.postMessage(command),
    kill(signal) {
      lastSignal = signal
      if (signal === 'SIGTERM') child.kill()
      else killNow(child)
    },
    listen: (listener) => listenTo(child, listener, () => lastSignal),
  }
}

function listenTo(child: UtilityProcess, listener: WorkerChannelListener, lastSignal: () => KillSignal | null): void {
  if (child.stdout instanceof Readable) forwardLog(child.stdout, listener)
  if (child.stderr instanceof Readable) forwardLog(child.stderr, listener)
  child.on('message', (value: unknown) => listener.message(value))
  child.once('exit', (code) => listener.exited(exitOf(code, lastSignal())))
}

function killNow(child: UtilityProcess): void {
  if (child.pid === undefined) return void child.kill()
  try {
    process.kill(child.pid, 'SIGKILL')
  } catch {
    // Already gone.
  }
}

/** Signals that a failing program raises itself; the runtime reports their number as the exit code. */
const signalNames: Readonly<Record<number, string>> = {
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
}

/** After our own kill the runtime may report 0, which is not a success: the signal we sent counts. */
function exitOf(code: number, sent: KillSignal | null): WorkerExit {
  const signal = sent ?? signalNames[code] ?? null
  return signal === null ? { code, signal: null } : { code: null, signal }
}
