// One case on its way through its group: its state, its evidence and its samples so far. Changes state only through
// the methods here, and leaves an end state never. Holds no worker and writes nothing.
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import { type Figure, missing } from '../../shared/domain/figure.ts'
import type { Parity } from '../../shared/domain/parity.ts'
import type { Candidate } from '../../shared/domain/plan.ts'
import type { CaseState, PassResults, ProcessPeak, Steadiness } from '../../shared/domain/run.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { blockMedianMs } from '../../shared/statistics/block-samples.ts'
import type { RequestResult } from '../../shared/worker-protocol/requests.ts'

const endStates: ReadonlySet<CaseState> = new Set(['completed', 'failed', 'cancelled', 'skipped'])

export class CaseTrial {
  readonly caseKey: string
  readonly candidate: Candidate
  /** The file that it runs; null where none does. */
  readonly artifact: Artifact | null
  readonly #medianBlocks: SampleBlock[] = []
  readonly steadiness: Steadiness[] = []
  prepared: RequestResult<'prepare'> | null = null
  memory: RequestResult<'measure-memory'> | null = null
  /** On a GPU alone, beside what the worker says of itself. */
  gpuPeak: ProcessPeak | null = null
  outputs: RequestResult<'write-outputs'>['outputs'] | null = null
  parity: Parity = { verdict: 'not-judged', reason: 'Outputs were not compared.', figures: null, reference: null }
  accuracy: Figure = missing('The model has no labelled test set.')
  #passes: PassResults = {}
  #blockCount = 0
  #sampleCount = 0
  #state: CaseState = 'pending'
  #reason: string | null = null
  #error: BenchErrorRecord | null = null

  constructor(caseKey: string, candidate: Candidate, artifact: Artifact | null) {
    this.caseKey = caseKey
    this.candidate = candidate
    this.artifact = artifact
  }

  get blockCount(): number {
    return this.#blockCount
  }

  /** Each block as if it held its median alone: enough for ratios of medians, at next to no cost or memory. */
  get medianBlocks(): readonly SampleBlock[] {
    return this.#medianBlocks
  }

  /** Its samples are whoever measures to keep: a long run has millions. */
  keep(block: SampleBlock): void {
    this.#blockCount += 1
    const medianMs = blockMedianMs(block)
    if (medianMs !== null) this.#medianBlocks.push({ ...block, leadSamples: 0, latenciesMs: [medianMs] })
    this.#sampleCount += block.latenciesMs.length - block.leadSamples
  }

  /** What the passes found so far; a field that the plan did not ask for is absent. */
  get passes(): PassResults {
    return this.#passes
  }

  keepPass(results: PassResults): void {
    this.#passes = { ...this.#passes, ...results }
  }

  /** Lead samples are not counted. */
  get sampleCount(): number {
    return this.#sampleCount
  }

  get state(): CaseState {
    return this.#state
  }

  /** Why it did not complete; null while it may. */
  get reason(): string | null {
    return this.#reason
  }

  get error(): BenchErrorRecord | null {
    return this.#error
  }

  get isGoing(): boolean {
    return !endStates.has(this.#state)
  }

  start(): boolean {
    return this.#enter('running', null, null)
  }

  complete(): boolean {
    return this.#enter('completed', null, null)
  }

  fail(error: BenchErrorRecord): boolean {
    return this.#enter('failed', error.message, error)
  }

  skip(error: BenchErrorRecord): boolean {
    return this.#enter('skipped', `${error.message} ${error.remedy}`, error)
  }

  cancel(): boolean {
    return this.#enter('cancelled', 'Cancelled.', null)
  }

  #enter(state: CaseState, reason: string | null, error: BenchErrorRecord | null): boolean {
    if (!this.isGoing) return false
    this.#state = state
    this.#reason = reason
    this.#error = error
    return true
  }
}
