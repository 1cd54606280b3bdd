// A block with flags that were judged after it was written. Each flag is there once; none is ever taken away.
import type { BlockFlag, BlockFlags, SampleBlock } from '../domain/sample-block.ts'

export function withFlags(block: SampleBlock, flags: readonly BlockFlag[]): SampleBlock {
  return { ...block, flags: [...new Set([...block.flags, ...flags])] }
}

/** Judgements of blocks that are not there (a block line cut off by a crash) are passed over. */
export function joinFlags(blocks: readonly SampleBlock[], judged: readonly BlockFlags[]): SampleBlock[] {
  const flagsOf = new Map(judged.map(({ block, flags }) => [block, flags]))
  return blocks.map((block) => {
    const flags = flagsOf.get(block.block)
    return flags === undefined ? block : withFlags(block, flags)
  })
}
