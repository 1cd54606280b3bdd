// How far a candidate's outputs are from the reference's over the same images. Figures only; judge-parity.ts judges.
// The smallest cosine of any image in any output, the largest and the mean absolute difference over all values.
// A value that is not finite leaves the differences null: they would not be numbers.
import type { ParityFigures } from '../domain/parity.ts'

export interface OutputArray {
  /** The first dimension counts images. */
  readonly shape: readonly number[]
  readonly values: ArrayLike<number>
}

export function compareOutputs(
  reference: readonly OutputArray[],
  candidate: readonly OutputArray[],
  classifies: boolean,
): ParityFigures {
  const imageCount = reference[0]?.shape[0] ?? 0
  const nonFiniteCount = candidate.reduce((sum, { values }) => sum + countNonFinite(values), 0)
  const pairs = reference.flatMap((left, index) => {
    const right = candidate[index]
    return right !== undefined && sameShape(left, right) ? [{ left: left.values, right: right.values }] : []
  })
  const comparable = imageCount > 0 && pairs.length === reference.length && candidate.length === reference.length
  const [first] = pairs
  const top1Agreement = classifies && comparable && first !== undefined ? agreement(first, imageCount) : null
  const none = {
    cosineSimilarity: null,
    maxAbsError: null,
    meanAbsError: null,
    nonFiniteCount,
    top1Agreement,
    imageCount,
  }
  if (!comparable || nonFiniteCount > 0) return none
  const totals = { cosine: 1, largest: 0, sum: 0, count: 0 }
  for (const { left, right } of pairs) addPair(totals, left, right, imageCount)
  return {
    ...none,
    cosineSimilarity: totals.cosine,
    maxAbsError: totals.largest,
    meanAbsError: totals.sum / totals.count,
  }
}

type Values = ArrayLike<number>

function addPair(
  totals: { cosine: number; largest: number; sum: number; count: number },
  left: Values,
  right: Values,
  imageCount: number,
): void {
  const rowLength = left.length / imageCount
  for (let start = 0; start < left.length; start += rowLength) {
    let [product, leftSquares, rightSquares, rowSum] = [0, 0, 0, 0]
    for (let index = start; index < start + rowLength; index += 1) {
      const [a, b] = [left[index] ?? 0, right[index] ?? 0]
      const difference = Math.abs(a - b)
      product += a * b
      leftSquares += a * a
      rightSquares += b * b
      rowSum += difference
      if (difference > totals.largest) totals.largest = difference
    }
    const lengths = Math.sqrt(leftSquares * rightSquares)
    const cosine = rowSum === 0 ? 1 : lengths === 0 ? 0 : product / lengths
    totals.cosine = Math.min(totals.cosine, cosine)
    totals.sum += rowSum
  }
  totals.count += left.length
}

function agreement({ left, right }: { left: Values; right: Values }, imageCount: number): number {
  const rowLength = left.length / imageCount
  let same = 0
  for (let row = 0; row < imageCount; row += 1) {
    if (largestIndex(left, row * rowLength, rowLength) === largestIndex(right, row * rowLength, rowLength)) same += 1
  }
  return same / imageCount
}

function largestIndex(values: Values, start: number, length: number): number {
  let largest = 0
  for (let index = 1; index < length; index += 1) {
    if ((values[start + index] ?? 0) > (values[start + largest] ?? 0)) largest = index
  }
  return largest
}

function countNonFinite(values: Values): number {
  let count = 0
  for (let index = 0; index < values.length; index += 1) if (!Number.isFinite(values[index])) count += 1
  return count
}

function sameShape(left: OutputArray, right: OutputArray): boolean {
  return left.shape.length === right.shape.length && left.shape.every((size, index) => size === right.shape[index])
}
