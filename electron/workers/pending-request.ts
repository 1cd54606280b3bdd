// One command that was sent and is not answered yet. Settles once: later messages for it are violations.
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { BuildPhase, LogEntry } from '../../shared/domain/conversion.ts'
import type { WorkerCommand } from '../../shared/worker-protocol/command.ts'
import type { WorkerMessage } from '../../shared/worker-protocol/message.ts'
import { commandLimits, type RequestName } from './command-limits.ts'
import { protocolViolation } from './worker-errors.ts'

type WithoutId<Command> = Command extends { id: number } ? Omit<Command, 'id'> : never
export type RequestCommand = WithoutId<WorkerCommand>
export type TaskListener = (fraction: number | null, text: string, detail?: ProgressDetail) => void

/** What a builder tells beyond a fraction. */
export interface ProgressDetail {
  readonly phases: readonly BuildPhase[]
  readonly entries: readonly LogEntry[]
}

export class PendingRequest {
  readonly id: number
  readonly command: RequestName
  readonly answer: Promise<WorkerMessage>
  readonly #onProgress: TaskListener | null
  #resolve: (message: WorkerMessage) => void = () => {}
  #reject: (reason: unknown) => void = () => {}
  #settled = false

  constructor(id: number, command: RequestName, onProgress: TaskListener | null) {
    this.id = id
    this.command = command
    this.#onProgress = onProgress
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** @returns what makes this message a violation; null when it belongs here. */
  receive(message: WorkerMessage): string | null {
    if (!('id' in message)) return `${message.message} came again`
    if (message.id !== this.id) return `${message.message} answers command ${message.id}, not ${this.id}`
    if (message.message === 'progress') {
      const { fraction, text, phases, entries } = message
      if (phases || entries) this.#onProgress?.(fraction, text, { phases: phases ?? [], entries: entries ?? [] })
      else this.#onProgress?.(fraction, text)
      return null
    }
    if (this.#settled) return `${message.message} is a second answer to ${this.command}`
    this.#settled = true
    const { stage, answer } = commandLimits[this.command]
    if (message.message === answer) this.#resolve(message)
    else if (message.message === 'failed') this.#reject(new BenchError(message.error))
    else if (message.message === 'cancelled') this.#reject(protocolViolation(stage, 'it stopped unasked', null))
    else return `${message.message} is no answer to ${this.command}`
    return null
  }

  reject(reason: unknown): void {
    this.#settled = true
    this.#reject(reason)
  }
}
