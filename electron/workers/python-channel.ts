// Starts a Python worker: commands on its stdin, messages on descriptor 3, stdout and stderr are log.
// The interpreter is absolute and isolated (-I), the shell is never involved, the process leads a group of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { maximumLineBytes } from '../../shared/worker-protocol/wire.ts'
import { cleanedEnvironment } from '../system/process-environment.ts'
import { createLineSplitter, encodeLine } from './json-lines.ts'
import { forwardLog } from './log-lines.ts'
import { parseLine } from './message-decoding.ts'
import { tellProcessEnd } from './process-end.ts'
import { killProcessGroup } from './process-group.ts'
import type { WorkerChannel, WorkerChannelListener } from './worker-channel.ts'

/** Idle threads sleep instead of spinning, so that resident workers leave the processor to the one that is measured. */
const additions = { OMP_WAIT_POLICY: 'PASSIVE', KMP_BLOCKTIME: '0' }

export function spawnPythonWorker(interpreter: string, pythonPackageFolder: string): WorkerChannel {
  return spawnLineWorker(interpreter, ['-I', '-u', join(pythonPackageFolder, 'worker.py')], pythonPackageFolder)
}

/** Any program that speaks the protocol over the same descriptors. */
export function spawnLineWorker(program: string, programArguments: readonly string[], folder: string): WorkerChannel {
  const child = spawn(program, programArguments, {
    cwd: folder,
    detached: true,
    shell: false,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    env: cleanedEnvironment(process.env, additions),
  })
  return {
    pid: child.pid ?? null,
    send: (command) => void child.stdin?.write(encodeLine(command)),
    kill: (signal) => {
      if (child.pid !== undefined) killProcessGroup(child.pid, signal)
    },
    listen: (listener) => listenTo(child, listener),
  }
}

function listenTo(child: ChildProcess, listener: WorkerChannelListener): void {
  // Writing to a worker that is gone: its exit tells.
  child.stdin?.on('error', () => {})
  forwardLog(child.stdout, listener)
  forwardLog(child.stderr, listener)
  const messages = child.stdio[3]
  if (messages instanceof Readable) readMessages(messages, listener)
  tellProcessEnd(child, listener)
}

function readMessages(stream: Readable, listener: WorkerChannelListener): void {
  const splitter = createLineSplitter(maximumLineBytes, {
    line(text) {
      let value: unknown
      try {
        value = parseLine(text)
      } catch {
        listener.unreadable('a line that is not JSON', text.slice(0, 400))
        return
      }
      listener.message(value)
    },
    tooLong: () => listener.unreadable(`a line over ${maximumLineBytes} bytes`, ''),
  })
  stream.on('data', (chunk: Buffer) => splitter.push(chunk))
  stream.on('error', () => {})
  stream.once('close', () => {
    if (splitter.pendingBytes() > 0) listener.log(`[a message of ${splitter.pendingBytes()} bytes was cut off]`)
  })
}
