// The share of images whose largest score is at the index of their label, 0..1.
import { largestIndex } from './largest-index.ts'

/** @param scores one row of equal length an image, in the order of `labels`. */
export function correctShare(scores: ArrayLike<number>, labels: readonly number[]): number {
  const classCount = scores.length / labels.length
  const correct = labels.filter((label, row) => largestIndex(scores, row * classCount, classCount) === label)
  return correct.length / labels.length
}
