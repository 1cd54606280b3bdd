// What a plan will do, before it starts: its groups and cases, how long they take, why it cannot start, and warnings;
// and the remaining time while it runs. Reads only the file names in the image folder; starts nothing.
import type { BackendId, BackendStatus } from '../../../shared/domain/backend.ts'
import { BenchError, type BenchErrorRecord } from '../../../shared/domain/bench-error.ts'
import type { Gpu } from '../../../shared/domain/fingerprint.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { Plan } from '../../../shared/domain/plan.ts'
import type { PlanEstimate } from '../../../shared/ipc/contract.ts'
import type { PlannedArtifacts } from '../../../shared/planning/check-artifact.ts'
import { checkPlan } from '../../../shared/planning/check-plan.ts'
import { estimatePlanMs, type KnownLatencyMs, plannedLaunches } from '../../../shared/planning/estimate-plan.ts'
import { expandPlan } from '../../../shared/planning/expand-plan.ts'
import type { LaunchBudget } from '../../../shared/planning/launch-budget.ts'
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
  /** In CUDA's order; empty for a plan on the CPU. */
  readonly gpus: readonly Gpu[]
}

export async function estimatePlan(facts: PlanFacts): Promise<PlanEstimate> {
  const { plan, manifest, statuses } = facts
  const groups = expandPlan(plan, manifest)
  const { refusals, warnings } = checkPlan(plan, manifest, statuses, facts.artifacts, facts.gpus)
  return {
    groups: groups.map((group) => {
      const { launches, rounds } = plannedLaunches(plan, group, facts.knownLatencyMs)
      return {
        groupKey: group.groupKey,
        baseline: group.baseline,
        caseKeys: group.cases.map(({ caseKey }) => caseKey),
        mostLaunches: launches,
        roundsPerLaunch: rounds,
      }
    }),
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

/**
 * Remaining time of a run, from its rounds and launches so far: remaining rounds at the mean time of a round, remaining
 * launches at the mean time of everything around their rounds (loading, memory, warm-up), within the time budget of each
 * group. The number of remaining launches is the preset's, or fewer if the comparisons are expected to be decided
 * earlier. Times in ms. Null before the first round.
 */
export class RemainingTime {
  #groupsAfter: number
  #budget: LaunchBudget = { mostLaunches: 1, budgetMs: null }
  #groupFromMs = 0
  #groupLaunchesDone = 0
  #furtherLaunches: number | null = null
  #roundsOfLaunch = 0
  #rounds = 0
  #launchesBegun = 0
  #roundsDone = 0
  #roundsMs = 0
  #passesMs = 0

  constructor(groups: number) {
    this.#groupsAfter = groups
  }

  /** @param budget of the launches that this session may make. @param atMs since the session began. */
  groupBegun(budget: LaunchBudget, atMs: number): void {
    this.#groupsAfter -= 1
    this.#budget = budget
    this.#groupFromMs = atMs
    this.#groupLaunchesDone = 0
    this.#furtherLaunches = null
  }

  launchBegun(): void {
    this.#launchesBegun += 1
    this.#roundsOfLaunch = 0
  }

  /** @param rounds planned for each launch. */
  roundDone(durationMs: number, rounds: number): void {
    this.#rounds = rounds
    this.#roundsOfLaunch += 1
    this.#roundsDone += 1
    this.#roundsMs += durationMs
  }

  /** @param furtherLaunches expected to be needed; null if that cannot be told. */
  launchDone(furtherLaunches: number | null): void {
    this.#groupLaunchesDone += 1
    this.#furtherLaunches = furtherLaunches
  }

  /** Adds the passes' time of a finished group. */
  passesDone(durationMs: number): void {
    this.#passesMs += durationMs
  }

  /** During a launch. @param elapsedMs since the session began. @param passesLeftMs remaining time of the passes. */
  estimateMs(elapsedMs: number, passesLeftMs = 0): number | null {
    if (this.#roundsMs === 0) return null
    const { mostLaunches, budgetMs } = this.#budget
    const roundMs = this.#roundsMs / this.#roundsDone
    const aroundMs = Math.max(0, elapsedMs - this.#roundsMs - this.#passesMs) / Math.max(1, this.#launchesBegun)
    const launchMs = aroundMs + this.#rounds * roundMs
    const ownMs = Math.max(0, this.#rounds - this.#roundsOfLaunch) * roundMs
    const allowed = mostLaunches - this.#groupLaunchesDone
    const launchesLeft = Math.max(0, Math.min(allowed, this.#furtherLaunches ?? allowed) - 1)
    const timeLeftMs = budgetMs === null ? Number.POSITIVE_INFINITY : budgetMs - (elapsedMs - this.#groupFromMs)
    const groupMs = Math.max(ownMs, Math.min(ownMs + launchesLeft * launchMs, timeLeftMs))
    const wholeGroupMs = Math.min(mostLaunches * launchMs, Math.max(launchMs, budgetMs ?? Number.POSITIVE_INFINITY))
    return groupMs + this.#groupsAfter * wholeGroupMs + passesLeftMs
  }
}
