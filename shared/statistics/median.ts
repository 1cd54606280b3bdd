// The median: the middle value, or the mean of the two in the middle. Needs at least one value.
import { percentile } from './percentile.ts'

export function median(values: ArrayLike<number>): number {
  return percentile(values, 0.5)
}
