// Adds flags that were judged later to a block. Each flag occurs once; none is ever removed.
import type { BlockFlag, BlockFlags, SampleBlock } from '../domain/sample-block.ts'

export function withFlags(block: SampleBlock, flags: readonly BlockFlag[]): SampleBlock {
  return { ...block, flags: [...new Set([...block.flags, ...flags])] }
}

/** Ignores flags of missing blocks (a block line cut off by a crash). */
export function joinFlags(blocks: readonly SampleBlock[], judged: readonly BlockFlags[]): SampleBlock[] {
  const flagsOf = new Map(judged.map(({ block, flags }) => [block, flags]))
  return blocks.map((block) => {
    const flags = flagsOf.get(block.block)
    return flags === undefined ? block : withFlags(block, flags)
  })
}
