// A worker process that exists in memory only: it records what it was told and says what the test makes it say.
import type { WorkerChannel, WorkerChannelListener, WorkerExit } from '../../electron/workers/channels.ts'

export interface FakeChannel extends WorkerChannel {
  readonly sent: readonly object[]
  readonly signals: readonly string[]
  readonly listener: WorkerChannelListener
  /** Ends the process, once, as SIGKILL does unless told otherwise. */
  exit(exit?: WorkerExit): void
}

export const helloMessage = {
  message: 'hello',
  protocolVersion: 1,
  workerVersion: '0.1.0',
  pid: 7,
  runtime: 'fake 1',
}

/** @param obedient ends itself at the first signal, as a process does that handles none. */
export function createFakeChannel(obedient = true): FakeChannel {
  const sent: object[] = []
  const signals: string[] = []
  let listener: WorkerChannelListener | null = null
  let gone = false
  const channel: FakeChannel = {
    pid: null,
    sent,
    signals,
    get listener() {
      if (!listener) throw new Error('nobody listens')
      return listener
    },
    send: (command) => void sent.push(command),
    kill(signal) {
      signals.push(signal)
      if (obedient || signal === 'SIGKILL') channel.exit({ code: null, signal })
    },
    listen: (given) => {
      listener = given
    },
    exit(exit = { code: null, signal: 'SIGKILL' }) {
      if (gone) return
      gone = true
      queueMicrotask(() => listener?.exited(exit))
    },
  }
  return channel
}
