// Supervises one worker: greeting, one request at a time, heartbeats, cancelling, and a reason for every end.
// Invariants: a request settles exactly once; after a violation, invalid samples, a stall or an exit the worker answers
// nothing more and its process group is gone; a cancelled request rejects with the signal's reason, whatever the worker
// did. Does not know what requests are for, and never restarts a worker.
import { BenchError, type Stage } from '../../shared/domain/bench-error.ts'
import { memoryShares } from '../../shared/worker-protocol/limits.ts'
import type { RequestDefinition } from '../../shared/worker-protocol/request-definition.ts'
import {
  type RequestName,
  type RequestParameters,
  type RequestResult,
  requests,
} from '../../shared/worker-protocol/requests.ts'
import {
  helloLimitMs,
  protocolVersion,
  type WorkerMessage,
  workerMessageSchema,
} from '../../shared/worker-protocol/wire.ts'
import type { BackendWorker, TaskProgress } from '../backends/backend-driver.ts'
import { memoryBytes } from '../inputs/input-memory.ts'
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
  tooMuchMemory,
} from './errors.ts'
import { createLogTail } from './lines.ts'
import { type Clock, climbKillLadder, endSoon, startWatchdog, systemClock, type Watchdog } from './watchdog.ts'

interface WorkerOptions {
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

  /** @returns why it is a violation; null if it is expected. */
  #accept(message: WorkerMessage): string | null {
    if (this.#greeting) {
      if (message.message !== 'hello') return `${message.message} came before hello`
      const greeting = this.#greeting
      this.#greeting = null
      greeting.resolve(message)
      return null
    }
    if (message.message === 'heartbeat') {
      const held = this.#memory.look()
      if (held !== null && this.#pending) this.#limitMemory(held, this.#pending.definition.stage)
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

  #limitMemory(heldBytes: number, stage: Stage): void {
    const limitBytes = (memoryShares[stage] ?? 1) * memoryBytes()
    if (heldBytes > limitBytes) this.#fail(tooMuchMemory(stage, heldBytes, limitBytes, this.#tail.text()))
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

/** The live workers, so that the app can end all of them when it ends, however that happens. */
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

// What comes back from a worker: a message of the protocol or a violation, valid or invalid samples, and the request
// that it answers. Checks order and arithmetic of samples, never how fast or steady they are.

/** One request that is not answered yet. It settles once: later messages for it are violations. */
class PendingRequest {
  readonly id: number
  readonly name: RequestName
  readonly definition: RequestDefinition
  readonly parameters: object
  /** The answering message, without its name and id. */
  readonly result: Promise<object>
  readonly #onProgress: TaskProgress | undefined
  #resolve: (result: object) => void = () => {}
  #reject: (reason: unknown) => void = () => {}
  #settled = false

  constructor(id: number, name: RequestName, parameters: object, onProgress?: TaskProgress) {
    this.id = id
    this.name = name
    this.definition = requests[name]
    this.parameters = parameters
    this.#onProgress = onProgress
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  get isSettled(): boolean {
    return this.#settled
  }

  /** @returns why this message is a violation; null if it is expected. */
  receive(message: WorkerMessage): string | null {
    if (!('id' in message)) return `${message.message} came again`
    if (message.id !== this.id) return `${message.message} answers request ${message.id}, not ${this.id}`
    if (message.message === 'progress') {
      const { fraction, text, phases, entries } = message
      if (phases || entries) this.#onProgress?.(fraction, text, { phases: phases ?? [], entries: entries ?? [] })
      else this.#onProgress?.(fraction, text)
      return null
    }
    if (this.#settled) return `${message.message} is a second answer to ${this.name}`
    this.#settled = true
    const { stage, answer } = this.definition
    if (message.message === answer) {
      const { id: _id, message: _message, ...result } = message
      this.#resolve(result)
    } else if (message.message === 'failed') this.#reject(new BenchError(message.error))
    else if (message.message === 'cancelled')
      this.#reject(protocolViolation(stage, 'it stopped without being asked', null))
    else return `${message.message} does not answer ${this.name}`
    return null
  }

  reject(reason: unknown): void {
    this.#settled = true
    this.#reject(reason)
  }
}

const sampleFields = new Set(['latenciesMs', 'startedAtNs', 'endedAtNs'])

export type Decoded = { readonly message: WorkerMessage } | { readonly error: (stage: Stage) => BenchError }

/**
 * The message that a worker sent, or an error. A block whose only fault is in its samples is `invalid-samples`: the
 * worker speaks the protocol, but its figures are wrong.
 */
export function decodeMessage(value: unknown): Decoded {
  const parsed = workerMessageSchema.safeParse(value)
  if (parsed.success) return { message: parsed.data }
  const { issues } = parsed.error
  const first = issues[0]
  const where = first ? `${first.path.join('.') || 'the message'}: ${first.message}` : 'unknown'
  const onlySamples = issues.every((issue) => sampleFields.has(String(issue.path[0])))
  if (isBlock(value) && onlySamples) return { error: () => invalidSamples(where) }
  return { error: (stage) => protocolViolation(stage, where, JSON.stringify(value)?.slice(0, 400) ?? null) }
}

function isBlock(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'message' in value && value.message === 'block'
}

/** Clock reads around the loop may be rounded, so the samples may add up to this much more than the block's span. */
const toleranceNs = 10_000

/**
 * @param previousEndNs end of the worker's previous block; null for its first.
 * @returns what is wrong, in words; null if nothing is.
 */
export function blockProblem(
  block: RequestResult<'measure-block'>,
  floorSamples: number,
  previousEndNs: number | null,
): string | null {
  const { startedAtNs, endedAtNs, latenciesMs } = block
  if (endedAtNs <= startedAtNs) return 'the block ends before it starts'
  if (previousEndNs !== null && startedAtNs < previousEndNs) return 'the block starts before the previous one ended'
  if (latenciesMs.length < floorSamples)
    return `it holds ${latenciesMs.length} samples, fewer than the minimum of ${floorSamples}`
  const sumNs = latenciesMs.reduce((sum, latencyMs) => sum + latencyMs * 1e6, 0)
  if (sumNs > endedAtNs - startedAtNs + toleranceNs) return 'its samples add up to more time than the block took'
  return null
}

/** Checks every block of one worker; other messages pass. Invalid samples end the worker. */
function createSampleCheck() {
  let previousEndNs: number | null = null
  return ({ id, isSettled, parameters }: PendingRequest, message: WorkerMessage): string | null => {
    if (message.message !== 'block' || message.id !== id || isSettled) return null
    const rule = requests['measure-block'].parameters.safeParse(parameters)
    if (!rule.success) return null
    const floor = Math.min(rule.data.floorSamples, rule.data.minimumSamples)
    const problem = blockProblem(message, floor, previousEndNs)
    previousEndNs = message.endedAtNs
    return problem
  }
}
