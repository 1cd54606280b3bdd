// How one extra measurement of one case is made: in fresh workers, with nothing else running, after the rounds of its
// group. If it cannot be made, its place holds the reason (`notMeasured`), and the case keeps its end state.
import type { NotMeasured } from '../../../shared/domain/figure.ts'
import type { Precision } from '../../../shared/domain/precision.ts'
import type { Passes, PassId, PassResults } from '../../../shared/passes/index.ts'
import type { DevicePeak, ModelWork } from '../../../shared/passes/limits.ts'
import type { WarmupRule } from '../../../shared/planning/protocol.ts'
import type { BackendWorker } from '../../backends/backend-driver.ts'
import type { GroupContext } from '../group/case-steps.ts'
import { openCase } from '../group/case-steps.ts'
import type { RunCase } from '../group/run-case.ts'
import { firstSettled, warmUp } from '../group/warm-up.ts'

/** What the limits pass needs to judge a run's cases. */
export interface LimitFacts {
  /** Work of one query. */
  work(signal: AbortSignal): Promise<ModelWork | NotMeasured>
  peak(precision: Precision, signal: AbortSignal): Promise<DevicePeak | NotMeasured>
}

export interface PassContext extends GroupContext {
  readonly passes: Passes
  readonly batchSize: number
  readonly limits: LimitFacts
  /** Median latency of the rounds, as recorded; null if there is none. */
  readonly medianMsOf: (caseKey: string) => number | null
}

export interface CasePass<Id extends PassId = PassId> {
  /** Called only for a completed case. Rejects as its worker does; leaves no worker, whatever happens. */
  measure(context: PassContext, runCase: RunCase, request: NonNullable<Passes[Id]>): Promise<PassResults | NotMeasured>
}

/**
 * Loads a case in a fresh worker and warms it up, for as long as `use` needs it. This warm-up is not recorded: the
 * record holds those of the rounds.
 */
export async function withWarmedCase<Result>(
  context: GroupContext,
  runCase: RunCase,
  use: (worker: BackendWorker) => Promise<Result>,
  rule: WarmupRule = context.rules.warmup,
): Promise<Result> {
  const { worker } = await openCase(context, runCase)
  try {
    context.observer.stageReached('warmup', runCase.caseKey, 'Warming up to a steady state')
    await warmUp(worker, rule, context.signal, firstSettled(runCase))
    return await use(worker)
  } finally {
    await worker.close()
  }
}
