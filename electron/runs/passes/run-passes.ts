// Runs the passes of a group's completed cases, one after another, and has each result kept before the next begins.
// Cancelling, a full disk, a lost GPU and bugs are thrown on; any other failure is the pass's own.
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { PassResults } from '../../../shared/domain/run.ts'
import { endsTheRun } from '../group/group-context.ts'
import type { CaseTrial } from '../group/run-case.ts'
import type { CasePass, PassContext } from './case-pass.ts'
import { askedPasses, notMeasured } from './pass-table.ts'

/** @param onResults resolves when they are safe on disk. */
export async function runPasses(
  context: PassContext,
  trials: readonly CaseTrial[],
  onResults: (trial: CaseTrial, results: PassResults) => Promise<void>,
): Promise<void> {
  for (const pass of askedPasses(context.passes)) {
    for (const trial of trials) {
      if (trial.state !== 'completed') continue
      const results = await resultsOf(pass, context, trial)
      trial.keepPass(results)
      await onResults(trial, results)
    }
  }
}

async function resultsOf(pass: CasePass, context: PassContext, trial: CaseTrial): Promise<PassResults> {
  context.signal.throwIfAborted()
  try {
    const results = await pass.measure(context, trial)
    return 'notMeasured' in results ? notMeasured(pass, results.notMeasured) : results
  } catch (error) {
    context.signal.throwIfAborted()
    if (!(error instanceof BenchError) || endsTheRun.has(error.record.code)) throw error
    const { message, cause } = error.record
    context.crashBudget.note(trial.candidate.backend, error.record)
    context.observer.log(trial.caseKey, `${pass.stage}: ${message} ${cause ?? ''}`.trim())
    return notMeasured(pass, message)
  }
}
