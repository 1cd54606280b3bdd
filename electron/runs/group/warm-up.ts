// Warming a worker up until it is steady, in short blocks whose samples are not kept.
import type { Steadiness } from '../../../shared/domain/run.ts'
import type { WarmupRule } from '../../../shared/planning/protocol.ts'
import { median } from '../../../shared/statistics/descriptive.ts'
import {
  isAsSteadyAsWanted,
  judgeSteadiness,
  settledAfterMs,
  steadyWithin,
  type WarmupBlock,
} from '../../../shared/statistics/steadiness.ts'
import type { BackendWorker } from '../../backends/backend-driver.ts'
import type { RunCase } from './run-case.ts'

/** How the case settled when it was first warmed up in this session; null if it was not, or never settled. */
export function firstSettled({ steadiness }: Pick<RunCase, 'steadiness'>): Steadiness | null {
  const [first] = steadiness
  return first?.verdict === 'steady' ? first : null
}

/** Twenty of them fill a second. A query longer than this is a block by itself. */
export const warmupBlock = { targetMs: 50, minimumSamples: 1, capMs: 50, floorSamples: 1 } as const

/** Checks become rarer as a warmup lasts. */
const growthBetweenLooks = 1.05

/**
 * Warms a worker up in short blocks until `judgeSteadiness` reports it steady, or the rule's cap is reached: one rule
 * for every backend, in the supervisor. The first time that a case is warmed up, this lasts until it is as steady
 * as wanted, or until the rule's look ends; afterwards at least as long as the case then took to settle. The samples
 * are not kept. Ends at most one block after `capMs`. Rejects as the worker does.
 * @param first how the case settled before; null if this is the first time.
 */
export async function warmUp(
  worker: BackendWorker,
  rule: WarmupRule,
  signal: AbortSignal,
  first: Steadiness | null = null,
): Promise<Steadiness> {
  const blocks: WarmupBlock[] = []
  let iterations = 0
  let startedAtNs: number | null = null
  let nextLookMs = Math.max(rule.minimumMs, first?.settledMs ?? 0)
  for (;;) {
    const block = await worker.request('warmup', warmupBlock, signal)
    startedAtNs ??= block.startedAtNs
    const sinceStartMs = (atNs: number) => (atNs - (startedAtNs ?? atNs)) / 1e6
    const elapsedMs = sinceStartMs(block.endedAtNs)
    blocks.push({ startMs: sinceStartMs(block.startedAtNs), endMs: elapsedMs, medianMs: median(block.latenciesMs) })
    iterations += block.latenciesMs.length
    const atCap = elapsedMs >= rule.capMs
    if (!atCap && (iterations < rule.minimumIterations || elapsedMs < nextLookMs)) continue
    nextLookMs = elapsedMs * growthBetweenLooks
    const judged = judgeSteadiness(blocks)
    const isSteady = judged.verdict === 'steady'
    if (isSteady && first !== null) return { ...judged, iterations, elapsedMs, ...asFirst(first) }
    const hasLooked = elapsedMs >= rule.lookMs && iterations >= rule.lookIterations
    if (!atCap && !isAsSteadyAsWanted(judged) && !(isSteady && hasLooked)) continue
    return { ...judged, iterations, elapsedMs, ...(isSteady && { settledMs: settledAfterMs(blocks, rule.minimumMs) }) }
  }
}

function asFirst({ settledMs = 0, withinShare = null }: Steadiness): Pick<Steadiness, 'reason' | 'withinShare'> {
  const seconds = (settledMs / 1000).toFixed(1)
  return {
    reason: `${steadyWithin(withinShare)}: no drift, after at least the ${seconds} s in which the first launch settled`,
    withinShare,
  }
}
