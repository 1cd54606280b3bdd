// A case loaded alone in a fresh worker and warmed up, for as long as `use` needs it. Its warm-up is not part of the
// record: that holds those of the rounds.
import type { WarmupRule } from '../../../shared/planning/protocol.ts'
import type { BackendWorker } from '../../backends/backend-driver.ts'
import type { GroupContext } from '../group/group-context.ts'
import { openCase } from '../group/resident-case.ts'
import type { CaseTrial } from '../group/run-case.ts'
import { warmUp } from '../group/warm-up.ts'

export async function withWarmedCase<Result>(
  context: GroupContext,
  trial: CaseTrial,
  use: (worker: BackendWorker) => Promise<Result>,
  rule: WarmupRule = context.rules.warmup,
): Promise<Result> {
  const { worker } = await openCase(context, trial)
  try {
    context.observer.stageReached('warmup', trial.caseKey, 'Warming up to a steady state')
    await warmUp(worker, rule, context.signal)
    return await use(worker)
  } finally {
    await worker.close()
  }
}
