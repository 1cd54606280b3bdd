// The steps of one set-up as the window and the terminal show them: which one runs, for how long, and its latest
// output. Publishes the whole state at each change, and at most ten times a second for installer output.

import type { EnvironmentName } from '../../shared/domain/python-environment.ts'
import type { PythonProgress } from '../../shared/ipc/contract.ts'
import { readPipLine } from './pip.ts'

const lineIntervalMs = 100

type Step = PythonProgress['steps'][number]

export class SetupSteps {
  #steps: Step[]
  #startedAtMs = 0
  #lastPublishedMs = Number.NEGATIVE_INFINITY
  #line: string | null = null
  readonly #environment: EnvironmentName
  readonly #publish: (progress: PythonProgress) => void
  readonly #nowMs: () => number

  constructor(
    environment: EnvironmentName,
    names: readonly string[],
    publish: (progress: PythonProgress) => void,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#environment = environment
    this.#steps = names.map((name) => ({ name, state: 'waiting', elapsedMs: null, detail: null }))
    this.#publish = publish
    this.#nowMs = nowMs
  }

  /** Runs one step; an exception marks the step as failed and is thrown on. */
  async run<Result>(name: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    this.#startedAtMs = this.#nowMs()
    this.#change(name, { state: 'running', elapsedMs: 0 })
    try {
      signal.throwIfAborted()
      const result = await work()
      this.#change(name, { state: 'done', elapsedMs: this.#elapsedMs() })
      return result
    } catch (error) {
      this.#change(name, { state: signal.aborted ? 'cancelled' : 'failed', elapsedMs: this.#elapsedMs() })
      throw error
    }
  }

  detail(name: string, detail: string): void {
    this.#change(name, { detail })
  }

  /** A line of pip's output while the named step runs. */
  installerLine(name: string, line: string): void {
    const { subject, fraction, bytes } = readPipLine(line)
    if (fraction === null) this.#line = line
    const before =
      this.#steps.find((step) => step.name === name)?.detail?.replace(/( · [\d.]+ of [\d.]+ [MG]B)? · \d+ %$/, '') ?? ''
    const percent =
      fraction === null
        ? ''
        : `${bytes === undefined ? '' : ` · ${bytesOf(...bytes)}`} · ${Math.floor(fraction * 100)} %`
    if (subject || percent) this.#set(name, { detail: `${subject ?? before}${percent}` })
    this.#set(name, { elapsedMs: this.#elapsedMs() })
    if (this.#nowMs() - this.#lastPublishedMs >= lineIntervalMs) this.#show(null, null)
  }

  end(outcome: NonNullable<PythonProgress['outcome']>, error: PythonProgress['error']): void {
    this.#show(outcome, error)
  }

  #elapsedMs(): number {
    return this.#nowMs() - this.#startedAtMs
  }

  #set(name: string, change: Partial<Step>): void {
    this.#steps = this.#steps.map((step) => (step.name === name ? { ...step, ...change } : step))
  }

  #change(name: string, change: Partial<Step>): void {
    this.#set(name, change)
    this.#show(null, null)
  }

  #show(outcome: PythonProgress['outcome'], error: PythonProgress['error']): void {
    this.#lastPublishedMs = this.#nowMs()
    this.#publish({ environment: this.#environment, steps: this.#steps, line: this.#line, outcome, error })
  }
}

/** `1.2 of 3.4 GB`, `12 of 190 MB`. */
function bytesOf(done: number, total: number): string {
  const isLarge = total >= 1e9
  const text = (bytes: number) => (isLarge ? (bytes / 1e9).toFixed(1) : String(Math.round(bytes / 1e6)))
  return `${text(done)} of ${text(total)} ${isLarge ? 'GB' : 'MB'}`
}
