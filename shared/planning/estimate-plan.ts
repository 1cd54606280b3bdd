// The maximum time of a plan, from known latencies (earlier runs of the same model on this machine): watching the
// machine, memory, launches, passes, and the whole budget of a width rule. Null if a case's latency is not known: a
// guess could be off by a factor of a hundred. Units: milliseconds.
import type { Plan } from '../domain/plan.ts'
import { estimatePassesMs } from '../passes/index.ts'
import type { PlannedGroup } from './expand-plan.ts'
import { type BlockRule, measuringRules, preflightMs, type WarmupRule } from './protocol.ts'

/** Assumed time to start a worker and load a model if nothing else is known. */
export const assumedLoadMs = 4000

export type KnownLatencyMs = (groupKey: string, caseKey: string) => number | null

export function estimatePlanMs(
  { preset, device, passes = {}, widthRule }: Pick<Plan, 'preset' | 'device' | 'passes' | 'widthRule'>,
  groups: readonly PlannedGroup[],
  knownLatencyMs: KnownLatencyMs = () => null,
): number | null {
  const { launches, rounds, block, warmup, memoryIterations } = measuringRules(preset, device)
  const isSimulated = groups.every(({ cases }) => cases.every(({ candidate }) => candidate.backend === 'simulated'))
  let totalMs = (isSimulated ? 0 : preflightMs) + (widthRule?.budgetMs ?? 0)
  for (const { groupKey, batchSize, cases } of groups) {
    for (const { caseKey, candidate } of cases) {
      const latencyMs = knownLatencyMs(groupKey, caseKey)
      if (latencyMs === null) return null
      const warmupMs = warmupDurationMs(warmup, latencyMs)
      totalMs += assumedLoadMs + memoryIterations * latencyMs
      totalMs += launches * (assumedLoadMs + warmupMs + rounds * blockDurationMs(block, latencyMs))
      const passed = { latencyMs, batchSize, loadMs: assumedLoadMs, warmupMs }
      totalMs += estimatePassesMs(passes, passed, { device, backend: candidate.backend })
    }
  }
  return totalMs
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
