// A sweep as the run that would compare its candidates: the same checks, inputs and keys hold. Pure.
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { SweepPlan } from '../../shared/domain/sweep.ts'
import { expandPlan, type PlannedGroup } from '../../shared/planning/expand-plan.ts'

export function runPlanOf({ streams: _streams, pointMs: _pointMs, ...plan }: SweepPlan): Plan {
  return { ...plan, preset: 'quick' }
}

/** With so many streams each worker gets its share of the threads, so that all together use what one would. */
export function threadsOfStream({ threads, device }: Pick<SweepPlan, 'threads' | 'device'>, streams: number): number {
  return device === 'cuda' ? threads : Math.max(1, Math.floor(threads / streams))
}

/** The group of one batch; its cases stand in the order of the plan's candidates. */
export function groupOf(plan: Plan, manifest: ModelManifest, batchSize: number): PlannedGroup {
  const [group] = expandPlan({ ...plan, batchSizes: [batchSize] }, manifest)
  if (group === undefined) throw new Error(`Batch ${batchSize} gave no group.`)
  return group
}
