// Energy that a board used between two readings of its counter. A counter that went back was reset (the driver was
// loaded again): nothing is known then, and no negative energy comes of it.
import { type Figure, measured, missing } from '../domain/figure.ts'

/** Joules. Null readings are those that the board did not give. */
export function energyBetween(beforeJoules: number | null, afterJoules: number | null): Figure {
  if (beforeJoules === null || afterJoules === null) return missing('This GPU has no energy counter that can be read.')
  if (afterJoules < beforeJoules) return missing('The energy counter was reset in between.')
  return measured(afterJoules - beforeJoules)
}
