// One line of samples/<groupKey>/<caseKey>.ndjson: consecutive samples of one case in one round. Times in ns are on one
// monotonic host clock, counted from the run's start. Lead samples are the first `leadSamples` of the block: kept, but
// left out of summaries by a rule fixed beforehand.
import { z } from 'zod'

export const blockFlagSchema = z.enum(['foreign-load', 'throttled', 'clock-dip', 'suspended', 'swap'])
export type BlockFlag = z.infer<typeof blockFlagSchema>

/** One line of samples/<groupKey>/<caseKey>.flags.ndjson: flags of a block, judged after its round ended. */
export const blockFlagsSchema = z.object({
  block: z.number().int().nonnegative(),
  flags: z.array(blockFlagSchema).min(1),
})
export type BlockFlags = z.infer<typeof blockFlagsSchema>

export const sampleBlockSchema = z.object({
  launch: z.number().int().nonnegative(),
  round: z.number().int().nonnegative(),
  /** Index among the case's blocks, from 0. */
  block: z.number().int().nonnegative(),
  orderInRound: z.number().int().nonnegative(),
  startedAtNs: z.number().int().nonnegative(),
  endedAtNs: z.number().int().nonnegative(),
  leadSamples: z.number().int().nonnegative(),
  flags: z.array(blockFlagSchema),
  latenciesMs: z.array(z.number().positive().finite()).min(1),
})
export type SampleBlock = z.infer<typeof sampleBlockSchema>

/** Maximum per block in a live chart. */
export const mostShownSamples = 46

/** A block as shown during a run: evenly spaced samples, with its lead samples, fastest and slowest. */
export function thinnedBlock(block: SampleBlock): SampleBlock {
  const { latenciesMs, leadSamples } = block
  if (latenciesMs.length <= mostShownSamples) return block
  const stride = Math.ceil(latenciesMs.length / (mostShownSamples - leadSamples - 2))
  let [fastest, slowest] = [0, 0]
  for (const [index, latencyMs] of latenciesMs.entries()) {
    if (latencyMs < (latenciesMs[fastest] ?? 0)) fastest = index
    if (latencyMs > (latenciesMs[slowest] ?? 0)) slowest = index
  }
  const isKept = (index: number) =>
    index < leadSamples || index % stride === 0 || index === fastest || index === slowest
  return { ...block, latenciesMs: latenciesMs.filter((_, index) => isKept(index)) }
}
