// Warms a worker up in short blocks until `judgeSteadiness` calls it steady, or the rule's cap is reached. One rule for
// every backend, in the supervisor: workers only run blocks. The samples are not kept.
import type { Steadiness } from '../../../shared/domain/run.ts'
import type { WarmupRule } from '../../../shared/planning/protocol.ts'
import { median } from '../../../shared/statistics/descriptive.ts'
import { judgeSteadiness, type WarmupBlock } from '../../../shared/statistics/steadiness.ts'
import type { BackendWorker } from '../../backends/backend-driver.ts'

/** Twenty of them fill the shortest window that is judged. A query longer than this is a block of its own. */
export const warmupBlock = { targetMs: 50, minimumSamples: 1, capMs: 50, floorSamples: 1 } as const

/** Looks come further apart as a warm-up lasts: judging compares all pairs of blocks. */
const growthBetweenLooks = 1.05

/** Ends at most one block after `capMs`. Rejects as the worker does. */
export async function warmUp(worker: BackendWorker, rule: WarmupRule, signal: AbortSignal): Promise<Steadiness> {
  const blocks: WarmupBlock[] = []
  let iterations = 0
  let startedAtNs: number | null = null
  let nextLookMs = rule.minimumMs
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
    const { verdict, reason } = judgeSteadiness(blocks)
    if (verdict === 'steady' || atCap) return { verdict, iterations, elapsedMs, reason }
  }
}
