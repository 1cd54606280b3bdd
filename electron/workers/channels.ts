// A worker process as the supervisor sees it: objects in, objects out, signals to the whole process group. A Python
// worker exchanges lines over descriptors, a Node worker objects over its message channel; both have this interface.
// Does not check messages, measure time or know what a command means.
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { maximumLineBytes } from '../../shared/worker-protocol/wire.ts'
import { cleanedEnvironment, type Environment } from '../system/process-environment.ts'
import { hugePageVariables } from './huge-pages.ts'
import { createLineSplitter, encodeLine, forwardLog, parseLine } from './lines.ts'

export interface WorkerExit {
  readonly code: number | null
  readonly signal: string | null
}

export interface WorkerChannelListener {
  /** Decoded from JSON but not checked. */
  message(value: unknown): void
  /** Not a message: garbage, or a line over the limit. `text` is its beginning. */
  unreadable(problem: string, text: string): void
  /** One line of the worker's stdout or stderr, without its end. */
  log(line: string): void
  /** Once, after the last message: the process and its group are gone. */
  exited(exit: WorkerExit): void
  /** Once, instead of everything else: the process could not be started. */
  notStarted(reason: string): void
}

/** @typeParam Command its messages: the protocol's commands, or those of another process. */
export interface WorkerChannel<Command = object> {
  /** Null before the process runs, and when it could not be started. */
  readonly pid: number | null
  /** Silently dropped if the process is gone: `exited` reports that. */
  send(command: Command): void
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
  listen(listener: WorkerChannelListener): void
}

interface PythonWorkerPlace {
  readonly visibleGpu?: string | null
  readonly engineCacheFolder?: string | null
}

/**
 * Starts a Python worker: commands on stdin, messages on descriptor 3, stdout and stderr are log. The interpreter is
 * an absolute path and isolated (-I), no shell is involved, and the process leads its own group. CUDA in it sees only
 * `visibleGpu`, as its device 0. Engines that a library builds while it loads are kept in `engineCacheFolder`.
 */
export function spawnPythonWorker(
  interpreter: string,
  pythonPackageFolder: string,
  { visibleGpu = null, engineCacheFolder = null }: PythonWorkerPlace = {},
): WorkerChannel {
  const program = ['-I', '-u', join(pythonPackageFolder, 'worker.py')]
  const onlyGpu = visibleGpu === null ? {} : { CUDA_VISIBLE_DEVICES: visibleGpu }
  const engines = engineCacheFolder === null ? {} : { ENGINEBENCH_ENGINE_CACHE: engineCacheFolder }
  return spawnLineWorker(interpreter, program, pythonPackageFolder, { ...onlyGpu, ...engines })
}

/** Any program that speaks the protocol over the same descriptors. */
export function spawnLineWorker(
  program: string,
  programArguments: readonly string[],
  folder: string,
  ownAdditions: Environment = {},
): WorkerChannel {
  const child = spawn(program, programArguments, {
    cwd: folder,
    detached: true,
    shell: false,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    env: cleanedEnvironment(process.env, { ...hugePageVariables(), ...ownAdditions }),
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
  // A write to a worker that is gone fails; its exit is reported.
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

export type SpawnNodeWorker = <Command extends object = object>(workerFile: string) => WorkerChannel<Command>

/** Forks this runtime. The app starts a utility process instead, since its runtime may not be started as Node. */
export const forkNodeWorker: SpawnNodeWorker = <Command extends object>(workerFile: string): WorkerChannel<Command> => {
  const child = fork(workerFile, [], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: cleanedEnvironment(process.env, hugePageVariables()),
  })
  return {
    pid: child.pid ?? null,
    send: (command) => {
      // A write to a worker that is gone fails; its exit is reported.
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

/** How long to keep reading after the process exited: a grandchild may hold the pipes open forever. */
const pipeLimitMs = 1000

/** Reports the end of a child process once, after its last output was read, and kills its group as soon as it exits. */
function tellProcessEnd(child: ChildProcess, listener: WorkerChannelListener): void {
  child.once('error', (error) => {
    if (child.pid === undefined) listener.notStarted(error.message)
  })
  child.once('exit', (code, signal) => {
    if (child.pid !== undefined) killProcessGroup(child.pid, 'SIGKILL')
    const tell = () => {
      clearTimeout(limit)
      child.removeListener('close', tell)
      listener.exited({ code, signal })
    }
    const limit = setTimeout(tell, pipeLimitMs)
    child.once('close', tell)
  })
}

/** Signals a process and everything it started. A worker is spawned `detached`, so it leads its own group. */
function killProcessGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch {
    // The group is already gone.
  }
}
