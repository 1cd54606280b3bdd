// What all steps of a group share: its context, the observer that they tell, the budget of crashes, and `caseStep`, which
// makes a failure the case's own.
import type { BackendId } from '../../../shared/domain/backend.ts'
import {
  BenchError,
  type BenchErrorCode,
  type BenchErrorRecord,
  type Stage,
} from '../../../shared/domain/bench-error.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import type { WorkerCase } from '../../../shared/domain/worker-case.ts'
import type { MeasuringRules } from '../../../shared/planning/protocol.ts'
import type { BackendDriver } from '../../backends/backend-driver.ts'
import type { MachineSampler } from '../../sampling/watching.ts'
import type { RoundFlags } from './round-flags.ts'
import type { CaseTrial } from './run-case.ts'

export interface GroupContext {
  readonly groupKey: string
  readonly rules: MeasuringRules
  /** Null when the plan adds no rounds to the preset's. */
  readonly widthRule: LaunchWidthRule | null
  /** Seed of the shuffled orders of this group. */
  readonly seed: number
  readonly drivers: ReadonlyMap<BackendId, BackendDriver>
  readonly workerCaseOf: (trial: CaseTrial) => WorkerCase
  readonly outputsFolderOf: (trial: CaseTrial) => string
  readonly crashBudget: CrashBudget
  readonly observer: GroupObserver
  readonly flags: RoundFlags
  readonly sampler: MachineSampler
  /** Whether the cases run on a GPU. */
  readonly onGpu: boolean
  /** All memory of the GPU; null on a CPU and when unknown. */
  readonly gpuMemoryBytes: number | null
  readonly nowNs: () => number
  /** On the workers' clock: block times are counted from here. */
  readonly runStartedAtNs: number
  readonly freeMemoryBytes: () => number
  readonly signal: AbortSignal
}

export interface LaunchWidthRule {
  readonly halfWidth: number
  /** Of added rounds, in each launch. */
  readonly budgetMs: number
  /** caseKey */
  readonly baseline: string
}

/** What the steps report while they work. The recorder writes it down and passes it on; a test remembers it. */
export interface GroupObserver {
  stageReached(stage: Stage, caseKey: string | null, message: string): void
  caseChanged(trial: CaseTrial): void
  launchBegun(launch: number): void
  /** Resolves when the block is safe on disk; rejects with `disk-full`, which ends the run. */
  blockMeasured(trial: CaseTrial, block: SampleBlock): Promise<void>
  roundCompleted(launch: number, round: number, durationMs: number): void
  log(source: string, line: string): void
}

/** Failures after which no case can continue. */
export const endsTheRun: ReadonlySet<BenchErrorCode> = new Set(['disk-full', 'gpu-lost'])

/**
 * Runs one step of one case so that a failure ends only that case: it becomes `failed`, and the others go on. Cancelling,
 * a full disk, a lost GPU and bugs are thrown on.
 * @param stage recorded when the worker died before it was asked.
 * @returns null when the case has failed.
 */
export async function caseStep<Result>(
  context: GroupContext,
  trial: CaseTrial,
  stage: Stage,
  step: () => Promise<Result>,
): Promise<Result | null> {
  context.signal.throwIfAborted()
  try {
    return await step()
  } catch (error) {
    context.signal.throwIfAborted()
    if (!(error instanceof BenchError) || endsTheRun.has(error.record.code)) throw error
    const record = error.record.stage === 'spawn' ? { ...error.record, stage } : error.record
    context.crashBudget.note(trial.candidate.backend, record)
    if (trial.fail(record)) context.observer.caseChanged(trial)
    context.observer.log(trial.caseKey, [record.message, record.cause ?? ''].join(' ').trim())
    return null
  }
}

const allowedCrashes = 3
const windowMs = 5 * 60_000
const crashCodes = new Set<BenchErrorRecord['code']>(['worker-crashed', 'worker-stalled', 'protocol-violation'])

/** Stops starting workers of a backend that keeps crashing: three crashes within five minutes use the budget up. */
export class CrashBudget {
  readonly #nowMs: () => number
  readonly #crashesMs = new Map<BackendId, number[]>()

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  note(backend: BackendId, error: BenchErrorRecord): void {
    if (!crashCodes.has(error.code)) return
    this.#crashesMs.set(backend, [...this.#recent(backend), this.#nowMs()])
  }

  /** Throws when the budget is used up. */
  check(backend: BackendId): void {
    if (this.#recent(backend).length < allowedCrashes) return
    throw new BenchError({
      code: 'worker-crashed',
      stage: 'spawn',
      message: `${backend} crashed ${allowedCrashes} times within five minutes and is not started again in this run.`,
      remedy: 'Read the log of the crashed cases, repair the backend, and run again.',
    })
  }

  #recent(backend: BackendId): number[] {
    const since = this.#nowMs() - windowMs
    return (this.#crashesMs.get(backend) ?? []).filter((atMs) => atMs > since)
  }
}
