// What a plan will do, before it starts: its groups and cases, how long they take, why it cannot start, and warnings;
// and the remaining time while it runs. Reads only the file names in the image folder; starts nothing.
import type { BackendId, BackendStatus } from '../../../shared/domain/backend.ts'
import { BenchError, type BenchErrorRecord } from '../../../shared/domain/bench-error.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { Plan } from '../../../shared/domain/plan.ts'
import type { PlanEstimate } from '../../../shared/ipc/contract.ts'
import type { PlannedArtifacts } from '../../../shared/planning/check-artifact.ts'
import { checkPlan } from '../../../shared/planning/check-plan.ts'
import { estimatePlanMs, type KnownLatencyMs } from '../../../shared/planning/estimate-plan.ts'
import { expandPlan } from '../../../shared/planning/expand-plan.ts'
import { listImages } from '../../inputs/image-files.ts'

export interface PlanFacts {
  readonly plan: Plan
  readonly manifest: ModelManifest
  readonly folder: string
  /** The plan's backends; one that is missing here is not part of this version. */
  readonly statuses: ReadonlyMap<BackendId, BackendStatus>
  /** The backend whose environment reads images for this model; null if no image is read. */
  readonly imageReader: BackendStatus | null
  readonly knownLatencyMs: KnownLatencyMs
  /** The artifacts the plan names, by their sidecars; the bytes are checked when the run starts. */
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

/** Whether a worker will have to decode images: not if arrays ship with the model or nothing is computed. */
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

interface PlannedWork {
  readonly blocks: number
  readonly launches: number
}

/**
 * Remaining time of a run, from its rounds and launches so far: remaining blocks at the mean time of a block, remaining
 * launches at the mean time of everything around the rounds (loading, memory, warmup). Times in ms. Null before the
 * first round.
 */
export class RemainingTime {
  readonly #planned: PlannedWork
  #blocksDone = 0
  #blocksAdded = 0
  #launchesBegun = 0
  #roundsMs = 0
  #passesMs = 0

  constructor(planned: PlannedWork) {
    this.#planned = planned
  }

  launchBegun(): void {
    this.#launchesBegun += 1
  }

  blockDone(): void {
    this.#blocksDone += 1
  }

  /** Counts a finished block that was not planned. */
  blockAdded(): void {
    this.#blocksAdded += 1
  }

  roundDone(durationMs: number): void {
    this.#roundsMs += durationMs
  }

  /** Adds the passes' time of a finished group. */
  passesDone(durationMs: number): void {
    this.#passesMs += durationMs
  }

  /** @param elapsedMs since the run began. @param passesLeftMs remaining time of the passes. */
  estimateMs(elapsedMs: number, passesLeftMs = 0): number | null {
    if (this.#roundsMs === 0 || this.#blocksDone === 0) return null
    const blockMs = this.#roundsMs / this.#blocksDone
    const launchMs = Math.max(0, elapsedMs - this.#roundsMs - this.#passesMs) / Math.max(1, this.#launchesBegun)
    const blocksLeft = Math.max(0, this.#planned.blocks + this.#blocksAdded - this.#blocksDone)
    const launchesLeft = Math.max(0, this.#planned.launches - this.#launchesBegun)
    return blockMs * blocksLeft + launchMs * launchesLeft + passesLeftMs
  }
}
