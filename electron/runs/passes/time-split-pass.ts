// Where the time of a query goes, as the backend can tell its parts apart. Read by the limits, so these take it along.
import { splitQueriesForLimits } from '../../../shared/planning/protocol.ts'
import type { CasePass } from './case-pass.ts'
import { withWarmedCase } from './warmed-case.ts'

export const timeSplitPass: CasePass = {
  field: 'timeSplit',
  stage: 'time-split',
  isAsked: ({ timeSplit, limits }) => timeSplit !== undefined || limits === true,
  measure: (context, trial) =>
    withWarmedCase(context, trial, async (worker) => {
      const queries = context.passes.timeSplit?.queries ?? splitQueriesForLimits
      context.observer.stageReached('time-split', trial.caseKey, 'Splitting the time of a query')
      const { method, parts } = await worker.request('split-time', { queries }, context.signal)
      return { timeSplit: { queries, method, parts } }
    }),
}
