// Supervises one worker: greeting, one request at a time, heartbeats, cancelling, and a reason for every end.
// Invariants: a request settles exactly once; after a violation, samples that cannot be right, a stall or an exit the
// worker answers nothing more and its process group is gone; a cancelled request rejects with the signal's reason,
// whatever the worker did. Does not know what requests are for, and never restarts a worker.
import type { BenchError } from '../../shared/domain/bench-error.ts'
import type { RequestName, RequestParameters, RequestResult } from '../../shared/worker-protocol/requests.ts'
import { helloLimitMs, protocolVersion, type WorkerMessage } from '../../shared/worker-protocol/wire.ts'
import type { BackendWorker, TaskProgress } from '../backends/backend-driver.ts'
import { createSampleCheck, decodeMessage, PendingRequest } from './answers.ts'
import type { WorkerChannel, WorkerExit } from './channels.ts'
import {
  createMemoryWatch,
  exitError,
  invalidSamples,
  noHello,
  notStarted,
  otherVersion,
  protocolViolation,
  silentWorker,
  stuckWorker,
} from './errors.ts'
import { createLogTail } from './lines.ts'
import { type Clock, climbKillLadder, endSoon, startWatchdog, systemClock, type Watchdog } from './watchdog.ts'

export interface WorkerOptions {
  readonly log: (line: string) => void
  readonly registry: WorkerRegistry
  readonly clock?: Clock
  /** Replaces reading the system's memory counters. */
  readonly watchMemory?: typeof createMemoryWatch
}

type Hello = Extract<WorkerMessage, { message: 'hello' }>

export class WorkerProcess implements BackendWorker {
  readonly #channel: WorkerChannel
  readonly #clock: Clock
  readonly #log: (line: string) => void
  readonly #tail = createLogTail()
  readonly #memory: ReturnType<typeof createMemoryWatch>
  readonly #sampleProblem = createSampleCheck()
  readonly #exited: Promise<void>
  #pending: PendingRequest | null = null
  #watchdog: Watchdog | null = null
  #greeting: { resolve(hello: Hello): void; reject(reason: unknown): void } | null = null
  #failure: BenchError | null = null
  #gone = false
  #closing = false
  #nextId = 1

  private constructor(channel: WorkerChannel, options: WorkerOptions) {
    this.#channel = channel
    this.#clock = options.clock ?? systemClock
    this.#log = options.log
    this.#memory = (options.watchMemory ?? createMemoryWatch)(() => channel.pid)
    options.registry.add(channel)
    this.#exited = new Promise((resolve) => {
      const finish = () => {
        this.#gone = true
        options.registry.remove(channel)
        resolve()
      }
      channel.listen({
        message: (value) => this.#receive(value),
        unreadable: (problem, text) => this.#violate(problem, text),
        log: (line) => this.#keepLog(line),
        exited: (exit) => {
          finish()
          this.#end(exit)
        },
        notStarted: (reason) => {
          finish()
          this.#fail(notStarted(reason))
        },
      })
    })
  }

  /** Resolves once the worker has said hello; rejects with a BenchError, or the signal's reason, and leaves nothing. */
  static async start(channel: WorkerChannel, options: WorkerOptions, signal: AbortSignal): Promise<WorkerProcess> {
    const worker = new WorkerProcess(channel, options)
    try {
      await worker.#greet(signal)
      return worker
    } catch (error) {
      channel.kill('SIGKILL')
      await worker.#exited
      throw error
    }
  }

  get pid(): number | null {
    return this.#channel.pid
  }

  async request<Name extends RequestName>(
    name: Name,
    parameters: RequestParameters<Name>,
    signal: AbortSignal,
    onProgress?: TaskProgress,
  ): Promise<RequestResult<Name>> {
    signal.throwIfAborted()
    if (this.#failure) throw this.#failure
    if (this.#gone || this.#closing) throw new Error(`The worker was closed before ${name}.`)
    if (this.#pending) throw new Error(`${name} was requested while ${this.#pending.name} runs.`)
    const pending = new PendingRequest(this.#nextId++, name, parameters, onProgress)
    const { stage, endsSoon } = pending.definition
    this.#pending = pending
    this.#watchdog = startWatchdog(this.#clock, pending.definition, {
      silent: (ms) => this.#fail(silentWorker(stage, ms, this.#tail.text())),
      stuck: (ms) => this.#fail(stuckWorker(stage, ms, this.#tail.text())),
    })
    let stopLadder = () => {}
    const cancel = () => {
      this.#watchdog?.stop()
      stopLadder = endsSoon ? this.#endSoon() : this.#climb({ command: 'cancel' })
    }
    signal.addEventListener('abort', cancel, { once: true })
    this.#channel.send({ command: name, id: pending.id, ...parameters })
    try {
      // Decoding has checked it against the schema of this request's result.
      return (await pending.result) as RequestResult<Name>
    } finally {
      signal.removeEventListener('abort', cancel)
      stopLadder()
      this.#watchdog?.stop()
      this.#watchdog = null
      this.#pending = null
      signal.throwIfAborted()
    }
  }

  /** Idempotent; resolves when the process and its group are gone. */
  async close(): Promise<void> {
    if (!this.#closing && !this.#gone) {
      this.#closing = true
      const stopLadder = this.#climb({ command: 'close' })
      void this.#exited.then(stopLadder)
    }
    await this.#exited
  }

  #endSoon(): () => void {
    return endSoon(
      this.#clock,
      () => this.#channel.send({ command: 'cancel' }),
      (signal) => this.#channel.kill(signal),
    )
  }

  #climb(ask: { readonly command: 'cancel' | 'close' }): () => void {
    return climbKillLadder(
      this.#clock,
      () => this.#channel.send(ask),
      (signal) => this.#channel.kill(signal),
    )
  }

  async #greet(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const hello = new Promise<Hello>((resolve, reject) => {
      this.#greeting = { resolve, reject }
    })
    const stopWaiting = this.#clock.after(helloLimitMs, () => this.#fail(noHello(helloLimitMs, this.#tail.text())))
    const cancel = () => this.#greeting?.reject(signal.reason)
    signal.addEventListener('abort', cancel, { once: true })
    if (this.#failure) this.#greeting?.reject(this.#failure)
    try {
      const { protocolVersion: theirs } = await hello
      if (theirs !== protocolVersion) throw otherVersion(theirs, protocolVersion)
    } finally {
      stopWaiting()
      signal.removeEventListener('abort', cancel)
      this.#greeting = null
    }
  }

  #receive(value: unknown): void {
    if (this.#failure || this.#gone) return
    const decoded = decodeMessage(value)
    if ('error' in decoded) {
      this.#fail(decoded.error(this.#stage()))
      return
    }
    const problem = this.#accept(decoded.message)
    if (problem !== null) this.#violate(problem, '')
  }

  /** @returns what makes it a violation; null when it is expected. */
  #accept(message: WorkerMessage): string | null {
    if (this.#greeting) {
      if (message.message !== 'hello') return `${message.message} came before hello`
      const greeting = this.#greeting
      this.#greeting = null
      greeting.resolve(message)
      return null
    }
    if (message.message === 'heartbeat') {
      this.#memory.look()
      this.#watchdog?.heartbeat(message.progress)
      return null
    }
    this.#watchdog?.heard()
    if (!this.#pending) return `${message.message} came without a request`
    const problem = this.#sampleProblem(this.#pending, message)
    if (problem === null) return this.#pending.receive(message)
    this.#fail(invalidSamples(problem))
    return null
  }

  #keepLog(line: string): void {
    this.#tail.add(line)
    this.#log(line)
  }

  #violate(problem: string, text: string): void {
    this.#fail(protocolViolation(this.#stage(), problem, text === '' ? this.#tail.text() : text))
  }

  #fail(error: BenchError): void {
    if (this.#failure) return
    this.#failure = error
    this.#channel.kill('SIGKILL')
    this.#greeting?.reject(error)
    this.#pending?.reject(error)
  }

  #end(exit: WorkerExit): void {
    if (!this.#closing) this.#fail(exitError(exit, this.#stage(), this.#memory.evidence(), this.#tail.text()))
    else this.#pending?.reject(new Error('The worker was closed during a request.'))
  }

  #stage() {
    return this.#pending?.definition.stage ?? 'spawn'
  }
}

type LivingProcess = Pick<WorkerChannel, 'pid' | 'kill'>

/** The workers that are alive, so that the app can end all of them when it ends itself, however that happens. */
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
