// Blocks laid end to end as arrays a plot can read. Times are s from the run's start; a sample's own moment is not
// recorded, so a block's samples are spread evenly over it.
import type { BlockFlag, SampleBlock } from '../../shared/domain/sample-block.ts'

export interface SampleSeries {
  readonly timesS: Float64Array
  readonly latenciesMs: Float64Array
  /** 1 where the sample's block was flagged. */
  readonly isFlagged: Uint8Array
  readonly flagged: readonly { readonly startS: number; readonly endS: number; readonly flags: readonly BlockFlag[] }[]
}

export function flattenBlocks(blocks: readonly SampleBlock[]): SampleSeries {
  const count = blocks.reduce((sum, block) => sum + block.latenciesMs.length, 0)
  const timesS = new Float64Array(count)
  const latenciesMs = new Float64Array(count)
  const isFlagged = new Uint8Array(count)
  let index = 0
  for (const block of blocks) {
    const startS = block.startedAtNs / 1e9
    const stepS = (block.endedAtNs - block.startedAtNs) / 1e9 / block.latenciesMs.length
    if (block.flags.length > 0) isFlagged.fill(1, index, index + block.latenciesMs.length)
    for (const [offset, latencyMs] of block.latenciesMs.entries()) {
      timesS[index] = startS + stepS * (offset + 0.5)
      latenciesMs[index] = latencyMs
      index += 1
    }
  }
  const flagged = blocks
    .filter(({ flags }) => flags.length > 0)
    .map((block) => ({ startS: block.startedAtNs / 1e9, endS: block.endedAtNs / 1e9, flags: block.flags }))
  return { timesS, latenciesMs, isFlagged, flagged }
}

/** The samples that summaries are made of: all but the lead of each block. */
export function* summarisedSamples(blocks: readonly SampleBlock[]): Generator<number> {
  for (const { latenciesMs, leadSamples } of blocks) {
    for (let index = leadSamples; index < latenciesMs.length; index += 1) {
      const latencyMs = latenciesMs[index]
      if (latencyMs !== undefined) yield latencyMs
    }
  }
}
