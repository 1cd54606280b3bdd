// The samples of a block that summaries count: all but its lead samples. Flagged blocks are never left out.
import type { SampleBlock } from '../domain/sample-block.ts'
import { median } from './median.ts'

/** The blocks of a case of the group at hand, in any order; none where it was never measured. */
export type BlocksOf = (caseKey: string) => readonly SampleBlock[]

export function settledSamples(block: SampleBlock): readonly number[] {
  return block.leadSamples === 0 ? block.latenciesMs : block.latenciesMs.slice(block.leadSamples)
}

/** Null where a block holds lead samples alone. */
export function blockMedianMs(block: SampleBlock): number | null {
  const samples = settledSamples(block)
  return samples.length === 0 ? null : median(samples)
}
