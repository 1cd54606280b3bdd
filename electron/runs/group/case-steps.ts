// What all steps of a case share: the group's context and observer, the crash budget, `caseStep`, which confines a
// failure to its case, and a worker of the case: started, loaded, warmed up.
import type { BackendId } from '../../../shared/domain/backend.ts'
import {
  BenchError,
  type BenchErrorCode,
  type BenchErrorRecord,
  type Stage,
} from '../../../shared/domain/bench-error.ts'
import type { WidthRule } from '../../../shared/domain/plan.ts'
import type { GroupStop, LaunchRecord } from '../../../shared/domain/run.ts'
import type { RunEvent } from '../../../shared/domain/run-event.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import type { WorkerCase } from '../../../shared/domain/worker-case.ts'
import type { LaunchBudget } from '../../../shared/planning/launch-budget.ts'
import type { MeasuringRules } from '../../../shared/planning/protocol.ts'
import type { Zone } from '../../../shared/statistics/sequential.ts'
import type { BackendDriver, BackendWorker } from '../../backends/backend-driver.ts'
import type { MachineSampler } from '../../sampling/watching.ts'
import type { LaunchRounds } from './launch-rounds.ts'
import type { RoundFlags } from './round-flags.ts'
import type { RunCase } from './run-case.ts'
import { firstSettled, warmUp } from './warm-up.ts'

export interface GroupContext {
  readonly groupKey: string
  readonly rules: MeasuringRules
  readonly design: GroupDesign
  /** Seed of the shuffled orders of this group. */
  readonly seed: number
  readonly drivers: ReadonlyMap<BackendId, BackendDriver>
  readonly workerCaseOf: (runCase: RunCase) => WorkerCase
  readonly outputsFolderOf: (runCase: RunCase) => string
  readonly crashBudget: CrashBudget
  readonly observer: GroupObserver
  readonly flags: RoundFlags
  readonly sampler: MachineSampler
  /** Whether the cases run on a GPU. */
  readonly onGpu: boolean
  /** What the workers' CUDA_VISIBLE_DEVICES must be; null to leave it. */
  readonly visibleGpu: string | null
  /** Total memory of the GPU; null on a CPU or if unknown. */
  readonly gpuMemoryBytes: number | null
  readonly nowNs: () => number
  /** On the workers' clock: start of block times. */
  readonly runStartedAtNs: number
  readonly freeMemoryBytes: () => number
  /** Memory of a process in huge pages; null if it cannot be read. */
  readonly hugePageBytes: (pid: number) => number | null
  readonly signal: AbortSignal
}

/** How the launches of a group are judged, and how many there may be. */
export interface GroupDesign {
  /** caseKey */
  readonly baseline: string
  readonly zone: Zone
  /** Every launch so far, in order; null if the protocol of the run does not use the order of starting. */
  readonly startedLaunches: () => readonly LaunchRecord[] | null
  readonly budget: (comparisons: number) => LaunchBudget
  /** Null if the launches may end when all is decided. */
  readonly widthRule: WidthRule | null
  /** Number of launches that earlier sessions made. */
  readonly firstLaunch: number
  readonly rounds: LaunchRounds
}

/** What the steps report while they work. The recorder stores it and passes it on; a test collects it. */
interface GroupObserver {
  stageReached(stage: Stage, caseKey: string | null, message: string): void
  caseChanged(runCase: RunCase): void
  launchBegun(launch: number): void
  /** Also told of a launch that was cut short. */
  launchEnded(launch: LaunchRecord): void
  /** Resolves when the record on disk includes it. */
  launchCompleted(launch: number, judged: LaunchJudgement): Promise<void>
  /** Resolves when the block is safe on disk; rejects with `disk-full`, which ends the run. */
  blockMeasured(runCase: RunCase, block: SampleBlock): Promise<void>
  /** @param rounds planned for each launch. */
  roundCompleted(
    place: { readonly launch: number; readonly round: number; readonly rounds: number },
    durationMs: number,
  ): void
  log(source: string, line: string): void
}

/** What is known of the comparisons after a launch. */
export interface LaunchJudgement {
  readonly comparisons: Extract<RunEvent, { kind: 'launch-completed' }>['comparisons']
  readonly nextLook: number | null
  /** Launches that the undecided comparisons are expected to need; null if that cannot be told. */
  readonly furtherLaunches: number | null
  /** Why this was the last launch; null if another one follows. */
  readonly stopped: GroupStop | null
}

/** Failures after which no case can continue. */
export const endsTheRun: ReadonlySet<BenchErrorCode> = new Set(['disk-full', 'gpu-lost'])

/**
 * Runs one step of one case so that a failure ends only that case: it becomes `failed`, and the others continue. A
 * cancel, a full disk, a lost GPU and bugs are thrown on.
 * @param stage recorded if the worker died before it got the command.
 * @returns null if the case failed.
 */
export async function caseStep<Result>(
  context: GroupContext,
  runCase: RunCase,
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
    context.crashBudget.note(runCase.candidate.backend, record)
    if (runCase.fail(record)) context.observer.caseChanged(runCase)
    context.observer.log(runCase.caseKey, [record.message, record.cause ?? ''].join(' ').trim())
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

/** A case loaded in its own worker. */
export interface ResidentCase {
  readonly runCase: RunCase
  readonly worker: BackendWorker
}

/** A fresh worker that has done nothing yet. */
export async function openWorker(context: GroupContext, runCase: RunCase): Promise<BackendWorker> {
  const { backend } = runCase.candidate
  const { observer, signal } = context
  context.crashBudget.check(backend)
  const driver = context.drivers.get(backend)
  if (driver === undefined) {
    throw new BenchError({
      code: 'backend-unavailable',
      stage: 'spawn',
      message: `${backend} is not part of this version of Enginebench.`,
      remedy: 'Choose another backend.',
    })
  }
  return driver.open((line) => observer.log(runCase.caseKey, line), signal, context.visibleGpu)
}

/** All or nothing: when loading fails, the worker is gone. */
export async function openCase(context: GroupContext, runCase: RunCase): Promise<ResidentCase> {
  const { observer, signal } = context
  observer.stageReached('spawn', runCase.caseKey, 'Starting a worker')
  const worker = await openWorker(context, runCase)
  try {
    observer.stageReached('load', runCase.caseKey, 'Loading the model')
    const prepared = await worker.request('prepare', { case: context.workerCaseOf(runCase) }, signal)
    runCase.prepared ??= prepared
    return { runCase, worker }
  } catch (error) {
    await worker.close()
    throw error
  }
}

export async function warmUpCase(context: GroupContext, { runCase, worker }: ResidentCase): Promise<void> {
  context.observer.stageReached('warmup', runCase.caseKey, 'Warming up to a steady state')
  runCase.steadiness.push(await warmUp(worker, context.rules.warmup, context.signal, firstSettled(runCase)))
}
