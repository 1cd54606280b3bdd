// Where the time of a query goes, by the parts that the backend can time.
import { type CasePass, withWarmedCase } from './case-pass.ts'

export const timeSplitPass: CasePass<'timeSplit'> = {
  measure: (context, runCase, { queries }) =>
    withWarmedCase(context, runCase, async (worker) => {
      context.observer.stageReached('time-split', runCase.caseKey, 'Splitting the time of a query')
      const { method, parts } = await worker.request('split-time', { queries }, context.signal)
      return { timeSplit: { queries, method, parts } }
    }),
}
