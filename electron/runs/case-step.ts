// Runs one step of one case so that its failure is the case's own: the case ends `failed`, the others go on.
// Cancelling, a full disk and bugs are not the case's own, and are thrown on.
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { CaseTrial } from './case-trial.ts'
import type { GroupContext } from './group-context.ts'

/** The step's result, or null where the case has failed. */
export async function caseStep<Result>(
  context: GroupContext,
  trial: CaseTrial,
  step: () => Promise<Result>,
): Promise<Result | null> {
  context.signal.throwIfAborted()
  try {
    return await step()
  } catch (error) {
    context.signal.throwIfAborted()
    if (!(error instanceof BenchError) || error.record.code === 'disk-full') throw error
    context.crashBudget.note(trial.candidate.backend, error.record)
    if (trial.fail(error.record)) context.observer.caseChanged(trial)
    context.observer.log(trial.caseKey, [error.record.message, error.record.cause ?? ''].join(' ').trim())
    return null
  }
}
