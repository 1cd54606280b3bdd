// What all steps of a case share: the group's context and observer, the crash budget, `caseStep`, which confines a
// failure to its case, and a worker of the case: started, loaded, warmed up.
import type { BackendId } from '../../../shared/domain/backend.ts'
import {
  BenchError,
  type BenchErrorCode,
  type BenchErrorRecord,
  type Stage,
} from '../../../shared/domain/bench-error.ts'
import type { LaunchRecord, Steadiness } from '../../../shared/domain/run.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import type { WorkerCase } from '../../../shared/domain/worker-case.ts'
import type { MeasuringRules, WarmupRule } from '../../../shared/planning/protocol.ts'
import { gpuProcessPeak } from '../../../shared/sampling/gpu-process-peak.ts'
import { median } from '../../../shared/statistics/descriptive.ts'
import { judgeSteadiness, type WarmupBlock } from '../../../shared/statistics/steadiness.ts'
import type { BackendDriver, BackendWorker } from '../../backends/backend-driver.ts'
import type { MachineSampler } from '../../sampling/watching.ts'
import type { RoundFlags } from './round-flags.ts'
import type { RunCase } from './run-case.ts'

export interface GroupContext {
  readonly groupKey: string
  readonly rules: MeasuringRules
  /** Null if the plan adds no rounds to the preset's. */
  readonly widthRule: LaunchWidthRule | null
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

interface LaunchWidthRule {
  readonly halfWidth: number
  /** Time for added rounds, per launch. */
  readonly budgetMs: number
  /** caseKey */
  readonly baseline: string
}

/** What the steps report while they work. The recorder stores it and passes it on; a test collects it. */
interface GroupObserver {
  stageReached(stage: Stage, caseKey: string | null, message: string): void
  caseChanged(runCase: RunCase): void
  launchBegun(launch: number): void
  launchEnded(launch: LaunchRecord): void
  /** Resolves when the block is safe on disk; rejects with `disk-full`, which ends the run. */
  blockMeasured(runCase: RunCase, block: SampleBlock): Promise<void>
  roundCompleted(launch: number, round: number, durationMs: number): void
  log(source: string, line: string): void
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
  return driver.open((line) => observer.log(runCase.caseKey, line), signal)
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
  runCase.steadiness.push(await warmUp(worker, context.rules.warmup, context.signal))
}

/** Twenty of them fill the shortest window that is judged. A query longer than this is a block by itself. */
export const warmupBlock = { targetMs: 50, minimumSamples: 1, capMs: 50, floorSamples: 1 } as const

/** Checks become rarer as a warmup lasts: judging compares all pairs of blocks. */
const growthBetweenLooks = 1.05

/**
 * Warms a worker up in short blocks until `judgeSteadiness` reports it steady, or the rule's cap is reached: one rule
 * for every backend, in the supervisor. The samples are not kept. Ends at most one block after `capMs`. Rejects as the
 * worker does.
 */
export async function warmUp(worker: BackendWorker, rule: WarmupRule, signal: AbortSignal): Promise<Steadiness> {
  const blocks: WarmupBlock[] = []
  let iterations = 0
  let startedAtNs: number | null = null
  let nextLookMs = rule.minimumMs
  for (;;) {
    const block = await worker.request('warmup', warmupBlock, signal)
    startedAtNs ??= block.startedAtNs
    const sinceStartMs = (atNs: number) => (atNs - (startedAtNs ?? atNs)) / 1e6
    const elapsedMs = sinceStartMs(block.endedAtNs)
    blocks.push({ startMs: sinceStartMs(block.startedAtNs), endMs: elapsedMs, medianMs: median(block.latenciesMs) })
    iterations += block.latenciesMs.length
    const atCap = elapsedMs >= rule.capMs
    if (!atCap && (iterations < rule.minimumIterations || elapsedMs < nextLookMs)) continue
    nextLookMs = elapsedMs * growthBetweenLooks
    const { verdict, reason } = judgeSteadiness(blocks)
    if (verdict === 'steady' || atCap) return { verdict, iterations, elapsedMs, reason }
  }
}

// Measures memory before the rounds, one case at a time in a fresh worker, so that no other worker's pages, caches or
// peaks are counted. This also finds cases that cannot load before anything is timed. On a GPU, the peak of the process
// is its GPU memory, from samples; on a CPU, it is what the worker reports about itself.

/** Two samples later the case's memory has been sampled: allocators keep it between queries. */
const heldMs = 500
const lateSampleMs = 1500

export async function measureMemory(context: GroupContext, runCases: readonly RunCase[]): Promise<void> {
  for (const runCase of runCases) {
    if (!runCase.isGoing) continue
    const fromMs = elapsedMs(context)
    const resident = await caseStep(context, runCase, 'spawn', () => openCase(context, runCase))
    if (resident === null) continue
    try {
      context.observer.stageReached('memory', runCase.caseKey, 'Measuring memory')
      await caseStep(context, runCase, 'memory', async () => {
        runCase.memory = await resident.worker.request(
          'measure-memory',
          { iterations: context.rules.memoryIterations },
          context.signal,
        )
        if (context.onGpu && resident.worker.pid !== null) await sampleGpu(context, resident, fromMs)
      })
    } finally {
      await resident.worker.close()
    }
  }
}

async function sampleGpu(context: GroupContext, { runCase, worker }: ResidentCase, fromMs: number): Promise<void> {
  const { sampler, signal } = context
  await sampler.caughtUp(elapsedMs(context) + heldMs, lateSampleMs, signal)
  runCase.gpuPeak = gpuProcessPeak(sampler.between(fromMs, elapsedMs(context)), worker.pid)
}

function elapsedMs({ nowNs, runStartedAtNs }: GroupContext): number {
  return (nowNs() - runStartedAtNs) / 1e6
}
