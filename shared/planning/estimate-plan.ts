// The maximum time of a plan, from known latencies (earlier runs of the same model on this machine): watching the
// machine, memory, launches and passes. Launches end earlier if every comparison is
// decided. Null if a case's latency is not known: a guess could be off by a factor of a hundred. Units: milliseconds.
import type { Plan } from '../domain/plan.ts'
import { estimatePassesMs } from '../passes/index.ts'
import type { PlannedGroup } from './expand-plan.ts'
import {
  fittingLaunches,
  type LaunchBudget,
  type LaunchCost,
  launchBudget,
  launchMs,
  roundsPerLaunch,
} from './launch-budget.ts'
import { type BlockRule, measuringRules, preflightMs, type WarmupRule } from './protocol.ts'

/** Assumed time to start a worker and load a model if nothing else is known. */
export const assumedLoadMs = 4000

export type KnownLatencyMs = (groupKey: string, caseKey: string) => number | null

type Estimated = Pick<Plan, 'preset' | 'budget' | 'device' | 'passes' | 'widthRule'>

export function estimatePlanMs(
  plan: Estimated,
  groups: readonly PlannedGroup[],
  knownLatencyMs: KnownLatencyMs = () => null,
): number | null {
  const { device, passes = {} } = plan
  const { warmup, memoryIterations } = measuringRules(device)
  const isSimulated = groups.every(({ cases }) => cases.every(({ candidate }) => candidate.backend === 'simulated'))
  let totalMs = isSimulated ? 0 : preflightMs
  for (const group of groups) {
    const design = plannedLaunches(plan, group, knownLatencyMs)
    if (design.rounds === null || design.cost === null) return null
    totalMs += design.launches * launchMs(design.cost, design.rounds)
    for (const { caseKey, candidate } of group.cases) {
      const latencyMs = knownLatencyMs(group.groupKey, caseKey) ?? 0
      totalMs += assumedLoadMs + memoryIterations * latencyMs
      const passed = {
        latencyMs,
        batchSize: group.batchSize,
        loadMs: assumedLoadMs,
        warmupMs: warmupDurationMs(warmup, latencyMs),
      }
      totalMs += estimatePassesMs(passes, passed, { device, backend: candidate.backend })
    }
  }
  return totalMs
}

export interface PlannedLaunches {
  readonly budget: LaunchBudget
  /** The most launches that fit the budget. */
  readonly launches: number
  /** Of each launch; null if a latency is not known. */
  readonly rounds: number | null
  readonly cost: LaunchCost | null
}

/** The launches of a group as they can be foreseen: what starting really costs is measured in the first. */
export function plannedLaunches(
  plan: Pick<Plan, 'preset' | 'budget' | 'widthRule' | 'device'>,
  { groupKey, cases }: PlannedGroup,
  knownLatencyMs: KnownLatencyMs,
): PlannedLaunches {
  const { block, warmup } = measuringRules(plan.device)
  const budget = launchBudget(plan, cases.length - 1)
  let cost: LaunchCost | null = { startMs: 0, roundMs: 0 }
  for (const { caseKey } of cases) {
    const latencyMs = knownLatencyMs(groupKey, caseKey)
    if (latencyMs === null || cost === null) {
      cost = null
      continue
    }
    cost = {
      startMs: cost.startMs + assumedLoadMs + warmupDurationMs(warmup, latencyMs),
      roundMs: cost.roundMs + blockDurationMs(block, latencyMs),
    }
  }
  if (cost === null) return { budget, launches: budget.mostLaunches, rounds: null, cost }
  const rounds = roundsPerLaunch(cost, budget)
  return { budget, launches: fittingLaunches(cost, rounds, budget), rounds, cost }
}

export function warmupDurationMs({ minimumMs, minimumIterations, capMs }: WarmupRule, latencyMs: number): number {
  return Math.min(capMs, Math.max(minimumMs, minimumIterations * latencyMs))
}

/** Duration of a block of queries that each take this long. */
export function blockDurationMs(
  { targetMs, minimumSamples, capMs, floorSamples }: BlockRule,
  latencyMs: number,
): number {
  const wanted = Math.max(targetMs, minimumSamples * latencyMs)
  return wanted <= capMs ? wanted : Math.max(capMs, floorSamples * latencyMs)
}
