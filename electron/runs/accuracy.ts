// The share of images whose largest score is at the index of their label, 0..1. Pure.
/** @param scores one row of equal length an image, in the order of `labels`. */
export function correctShare(scores: ArrayLike<number>, labels: readonly number[]): number {
  const classCount = scores.length / labels.length
  const correct = labels.filter((label, row) => largestIndex(scores, row * classCount, classCount) === label)
  return correct.length / labels.length
}

function largestIndex(scores: ArrayLike<number>, start: number, length: number): number {
  let largest = 0
  for (let index = 1; index < length; index += 1) {
    if ((scores[start + index] ?? 0) > (scores[start + largest] ?? 0)) largest = index
  }
  return largest
}
