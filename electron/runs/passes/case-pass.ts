// What is measured of one case beside its rounds: alone, in fresh workers, after the rounds of its group. A pass fills one
// field of the record. One that cannot be done says why in its place (`notMeasured`), and the case stays as it ended.
import type { Stage } from '../../../shared/domain/bench-error.ts'
import type { NotMeasured } from '../../../shared/domain/figure.ts'
import type { Passes } from '../../../shared/domain/passes.ts'
import type { PassField, PassResults } from '../../../shared/domain/run.ts'
import type { GroupContext } from '../group/group-context.ts'
import type { CaseTrial } from '../group/run-case.ts'
import type { LimitFacts } from './limit-facts.ts'

export interface PassContext extends GroupContext {
  readonly passes: Passes
  readonly batchSize: number
  readonly limits: LimitFacts
  /** Median latency by the rounds, as the record has it; null where it has none. */
  readonly medianMsOf: (caseKey: string) => number | null
}

export interface CasePass {
  readonly field: PassField
  readonly stage: Stage
  isAsked(passes: Passes): boolean
  /** Only for a case that completed. Rejects as its worker does; leaves none, whatever happens. */
  measure(context: PassContext, trial: CaseTrial): Promise<PassResults | NotMeasured>
}
