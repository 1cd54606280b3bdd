// What a plan would do before it does it: its groups and cases, how long it will take, why it cannot start, and what
// to know beforehand. Reads the image folder's names and nothing else; starts nothing.
import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { PlanEstimate } from '../../shared/ipc/contract.ts'
import { checkPlan } from '../../shared/planning/check-plan.ts'
import { estimatePlanMs } from '../../shared/planning/estimate-plan.ts'
import { expandPlan } from '../../shared/planning/expand-plan.ts'
import { listImages } from '../inputs/image-folder.ts'

export interface PlanFacts {
  readonly plan: Plan
  readonly manifest: ModelManifest
  readonly folder: string
  /** Of the plan's backends; one that is missing here is no part of this version. */
  readonly statuses: ReadonlyMap<BackendId, BackendStatus>
}

export async function estimatePlan({ plan, manifest, statuses }: PlanFacts): Promise<PlanEstimate> {
  const groups = expandPlan(plan, manifest)
  const { refusals, warnings } = checkPlan(plan, manifest, statuses)
  return {
    groups: groups.map(({ groupKey, baseline, cases }) => ({
      groupKey,
      baseline,
      caseKeys: cases.map(({ caseKey }) => caseKey),
    })),
    estimatedMs: estimatePlanMs(plan, groups),
    refusals: [...refusals, ...(await imageRefusals(plan, manifest))],
    warnings: [...warnings],
  }
}

async function imageRefusals({ imageFolder }: Plan, manifest: ModelManifest): Promise<readonly BenchErrorRecord[]> {
  if (imageFolder === null || manifest.evaluation !== null) return []
  try {
    await listImages(imageFolder)
    return []
  } catch (error) {
    if (error instanceof BenchError) return [error.record]
    throw error
  }
}
