// What settling two cases would do, before it starts: the plan of the run, why it is not possible here, how long it takes.
// Starts nothing: the run is started like any other.

import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import type { Machine } from '../../shared/domain/fingerprint.ts'
import { copyOfKey } from '../../shared/domain/key.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Plan, PresetName } from '../../shared/domain/plan.ts'
import type { SettleProposal } from '../../shared/ipc/contract.ts'
import { estimatePlanMs, type KnownLatencyMs } from '../../shared/planning/estimate-plan.ts'
import { expandPlan } from '../../shared/planning/expand-plan.ts'
import {
  launchForecast,
  type SettleSide,
  settleNotes,
  settleObstacles,
  settlePlan,
} from '../../shared/planning/settle-plan.ts'
import { sequentialDesign } from '../../shared/statistics/sequential.ts'
import type { ModelCatalog, RunService, SettleService } from '../services.ts'

export interface SettleDependencies {
  readonly models: Pick<ModelCatalog, 'find'>
  readonly runs: Pick<RunService, 'estimate'>
  readonly statuses: () => Promise<readonly BackendStatus[]>
  readonly machine: () => Promise<Machine>
  readonly noiseFloor: (preset: PresetName, device: Plan['device']) => Promise<{ readonly value: number } | null>
  readonly knownLatencies: (manifest: ModelManifest) => Promise<KnownLatencyMs>
}

export function createSettleService(parts: SettleDependencies): SettleService {
  return {
    async propose(left, right, { margin, budgetMs }): Promise<SettleProposal> {
      const [machine, listed] = await Promise.all([parts.machine(), parts.statuses()])
      const statuses = new Map<BackendId, BackendStatus>(listed.map((status) => [status.id, status]))
      const surroundings = { machine, statuses }
      const plan = settlePlan(left, right, margin, budgetMs)
      const floor = await parts.noiseFloor(plan.preset, plan.device)
      const forecast = launchForecast(margin, floor?.value ?? null)
      const notes = new Set([left, right].flatMap((side) => settleNotes(side, surroundings)))
      const obstacles = settleObstacles(left, right, surroundings)
      const proposal = { plan, ...forecast, mostLaunches: sequentialDesign.looks.at(-1) ?? 0, notes: [...notes] }
      if (obstacles.length > 0) return { ...proposal, obstacles: [...obstacles], expectedMs: null, mostMs: null }
      const { refusals, warnings } = await parts.runs.estimate(plan)
      const durations = await durationsMs(parts, { plan, sides: [left, right], launches: forecast.launches })
      return {
        ...proposal,
        notes: [...proposal.notes, ...warnings],
        obstacles: refusals.map(({ message, remedy }) => `${message} ${remedy}`),
        ...durations,
      }
    },
  }
}

interface Foreseen {
  readonly plan: Plan
  readonly sides: readonly SettleSide[]
  readonly launches: number | null
}

/** From what the cases took before, in the named runs or in the latest of this model here. */
async function durationsMs(
  { models, knownLatencies }: SettleDependencies,
  { plan, sides, launches }: Foreseen,
): Promise<Pick<SettleProposal, 'expectedMs' | 'mostMs'>> {
  const { manifest } = await models.find(plan.model)
  const groups = expandPlan(plan, manifest)
  const known = await knownLatencies(manifest)
  const keys = groups[0]?.cases.map(({ caseKey }) => caseKey) ?? []
  const latencyMs: KnownLatencyMs = (groupKey, caseKey) => {
    const recorded = sides[keys.indexOf(caseKey)]?.recorded?.entry.latencyMs.p50.value ?? null
    // The second of two equal cases was mostly not measured by that name.
    return recorded ?? known(groupKey, caseKey) ?? known(groupKey, copyOfKey(caseKey).name)
  }
  const lasting = (mostLaunches: number | undefined) =>
    estimatePlanMs({ ...plan, budget: { ...plan.budget, mostLaunches } }, groups, latencyMs)
  return {
    expectedMs: launches === null ? null : lasting(launches),
    mostMs: lasting(plan.budget?.mostLaunches),
  }
}
