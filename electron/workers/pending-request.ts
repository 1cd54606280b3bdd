// One request that was sent and is not answered yet. It settles once: later messages for it are violations.
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { RequestDefinition } from '../../shared/worker-protocol/request-definition.ts'
import { type RequestName, requests } from '../../shared/worker-protocol/requests.ts'
import type { WorkerMessage } from '../../shared/worker-protocol/wire.ts'
import type { TaskProgress } from '../backends/backend-driver.ts'
import { protocolViolation } from './worker-errors.ts'

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
    else if (message.message === 'cancelled') this.#reject(protocolViolation(stage, 'it stopped unasked', null))
    else return `${message.message} does not answer ${this.name}`
    return null
  }

  reject(reason: unknown): void {
    this.#settled = true
    this.#reject(reason)
  }
}
