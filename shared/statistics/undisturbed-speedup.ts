// The speedup without the rounds in which something disturbed either of the two, for showing beside the one with all
// rounds. A round is left out as a whole: half a pair compares nothing. It never replaces the headline.
import type { SampleBlock } from '../domain/sample-block.ts'
import { type SpeedupEstimate, speedupOf } from './speedup.ts'

export interface UndisturbedEstimate {
  /** Null where no round is left. */
  readonly estimate: SpeedupEstimate | null
  readonly roundsLeftOut: number
}

/** Null where no block of either was flagged. */
export function undisturbedSpeedup(
  baselineBlocks: readonly SampleBlock[],
  candidateBlocks: readonly SampleBlock[],
): UndisturbedEstimate | null {
  const flagged = new Set(
    [...baselineBlocks, ...candidateBlocks].filter(({ flags }) => flags.length > 0).map(roundName),
  )
  if (flagged.size === 0) return null
  const undisturbed = (blocks: readonly SampleBlock[]) => blocks.filter((block) => !flagged.has(roundName(block)))
  return {
    estimate: speedupOf(undisturbed(baselineBlocks), undisturbed(candidateBlocks)),
    roundsLeftOut: flagged.size,
  }
}

function roundName({ launch, round }: SampleBlock): string {
  return `${launch}/${round}`
}
