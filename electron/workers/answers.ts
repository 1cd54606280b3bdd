// What comes back from a worker: a message of the protocol or a violation, samples that can be right or not, and the
// request that it answers. Order and arithmetic of samples are judged here, never how fast or steady they are.
import { BenchError, type Stage } from '../../shared/domain/bench-error.ts'
import type { RequestDefinition } from '../../shared/worker-protocol/request-definition.ts'
import { type RequestName, type RequestResult, requests } from '../../shared/worker-protocol/requests.ts'
import { type WorkerMessage, workerMessageSchema } from '../../shared/worker-protocol/wire.ts'
import type { TaskProgress } from '../backends/backend-driver.ts'
import { invalidSamples, protocolViolation } from './errors.ts'

/** One request that was sent and is not answered yet. It settles once: later messages for it are violations. */
export class PendingRequest {
  readonly id: number
  readonly name: RequestName
  readonly definition: RequestDefinition
  readonly parameters: object
  /** The message that answers it, without its name and id. */
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

  /** @returns what makes this message a violation; null when it belongs here. */
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
 * The message that a worker sent, or the error that it is. A block whose only fault is in its samples is
 * `invalid-samples`: the worker speaks the protocol, but its figures are wrong.
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

/** Clock reads around the loop may round, so the samples may add up to this much more than the block's span. */
const toleranceNs = 10_000

/**
 * @param previousEndNs end of the worker's previous block; null for its first.
 * @returns what is wrong, in words; null when nothing is.
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

/** Checks every block of one worker; other messages pass. Samples that cannot be right end the worker. */
export function createSampleCheck() {
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
