// What a plan would do before it does it: its groups and cases, how long it will take, why it cannot start, and what
// to know beforehand. Reads the image folder's names and nothing else; starts nothing.

import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { PlanEstimate } from '../../shared/ipc/contract.ts'
import type { PlannedArtifacts } from '../../shared/planning/check-artifact.ts'
import { checkPlan } from '../../shared/planning/check-plan.ts'
import { estimatePlanMs, type KnownLatencyMs } from '../../shared/planning/estimate-plan.ts'
import { expandPlan } from '../../shared/planning/expand-plan.ts'
import { listImages } from '../inputs/image-files.ts'

export interface PlanFacts {
  readonly plan: Plan
  readonly manifest: ModelManifest
  readonly folder: string
  /** Of the plan's backends; one that is missing here is no part of this version. */
  readonly statuses: ReadonlyMap<BackendId, BackendStatus>
  /** Of the backend whose environment reads images for this model; null where no image is to be read. */
  readonly imageReader: BackendStatus | null
  readonly knownLatencyMs: KnownLatencyMs
  /** Those that the plan names, as their sidecars tell; whether the bytes are whole is found out when the run starts. */
  readonly artifacts: PlannedArtifacts
}

export async function estimatePlan(facts: PlanFacts): Promise<PlanEstimate> {
  const { plan, manifest, statuses } = facts
  const groups = expandPlan(plan, manifest)
  const { refusals, warnings } = checkPlan(plan, manifest, statuses, facts.artifacts)
  return {
    groups: groups.map(({ groupKey, baseline, cases }) => ({
      groupKey,
      baseline,
      caseKeys: cases.map(({ caseKey }) => caseKey),
    })),
    estimatedMs: estimatePlanMs(plan, groups, facts.knownLatencyMs),
    refusals: [...refusals, ...(await imageRefusals(facts))],
    warnings: [...warnings],
  }
}

/** Whether a worker will have to decode images: not where arrays ship with the model, nor where nothing is computed. */
export function readsImages({ candidates }: Plan, { evaluation }: ModelManifest): boolean {
  return evaluation === null && candidates.some(({ backend }) => backend !== 'simulated')
}

async function imageRefusals({ plan, manifest, imageReader }: PlanFacts): Promise<readonly BenchErrorRecord[]> {
  if (imageReader !== null && !imageReader.available) {
    return [
      {
        code: 'python-unavailable',
        stage: 'plan',
        message: `${manifest.name} takes images, and reading them needs Python. ${imageReader.reason ?? ''}`.trim(),
        remedy: imageReader.remedy ?? 'Set up Python, or choose a model that ships its own test set.',
        cause: null,
      },
    ]
  }
  if (plan.imageFolder === null || manifest.evaluation !== null) return []
  try {
    await listImages(plan.imageFolder)
    return []
  } catch (error) {
    if (error instanceof BenchError) return [error.record]
    throw error
  }
}
