// Energy that a board used between two readings of its counter. A counter that decreased was reset (the driver was
// reloaded): the energy is then unknown, never negative.
import { type Figure, measured, missing } from '../domain/figure.ts'

/** Joules. Null readings are those that the board did not give. */
export function energyBetween(beforeJoules: number | null, afterJoules: number | null): Figure {
  if (beforeJoules === null || afterJoules === null) return missing('This GPU has no energy counter that can be read.')
  if (afterJoules < beforeJoules) return missing('The energy counter was reset in between.')
  return measured(afterJoules - beforeJoules)
}
