// Runs one step of one case so that its failure is the case's own: the case ends `failed`, the others go on.
// Cancelling, a full disk, a lost GPU and bugs are not the case's own, and are thrown on.
import { BenchError, type BenchErrorCode, type Stage } from '../../shared/domain/bench-error.ts'
import type { CaseTrial } from './case-trial.ts'
import type { GroupContext } from './group-context.ts'

/** Failures after which no case can go on. */
export const endsTheRun: ReadonlySet<BenchErrorCode> = new Set(['disk-full', 'gpu-lost'])

/** The step's result, or null where the case has failed. `stage` is said of a worker that died before it was asked. */
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
