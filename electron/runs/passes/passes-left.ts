// How long the passes of the groups that have not had them will take, from the medians of the rounds so far. A group that
// is still to come is taken to be like the one at hand. Ms.
import type { Passes } from '../../../shared/domain/passes.ts'
import { estimatePassesMs } from '../../../shared/planning/estimate-passes.ts'
import { assumedLoadMs, warmupDurationMs } from '../../../shared/planning/estimate-plan.ts'
import type { MeasuringRules } from '../../../shared/planning/protocol.ts'
import { median } from '../../../shared/statistics/descriptive.ts'
import type { CaseTrial } from '../group/run-case.ts'

export interface PassesToCome {
  readonly passes: Passes
  readonly trials: readonly Pick<CaseTrial, 'isGoing' | 'medianBlocks'>[]
  readonly batchSize: number
  readonly onGpu: boolean
  readonly warmup: MeasuringRules['warmup']
  /** The one at hand among them. */
  readonly groupsLeft: number
}

export function passesLeftMs({ passes, trials, batchSize, onGpu, warmup, groupsLeft }: PassesToCome): number {
  const ofCases = trials.map(({ isGoing, medianBlocks }) => {
    if (!isGoing || medianBlocks.length === 0) return 0
    const latencyMs = median(medianBlocks.flatMap((block) => block.latenciesMs))
    const warmupMs = warmupDurationMs(warmup, latencyMs)
    return estimatePassesMs(passes, { latencyMs, batchSize, loadMs: assumedLoadMs, warmupMs, onGpu })
  })
  return groupsLeft * ofCases.reduce((sum, each) => sum + each, 0)
}
