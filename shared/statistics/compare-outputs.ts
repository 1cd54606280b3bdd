// How far a candidate's outputs are from the reference's over the same images. Figures only; parity.ts judges.
// The worst image of the worst output counts. A cosine sees neither the scale of values, nor small columns beside large
// ones, nor what differs between images where a large part is common to all; so beside it stand the errors relative to
// the values and to their variation between images, in groups of columns of like range. Whole numbers (classes, counts,
// masks) are compared by the share that is equal. Infinities that stand in both are equal.
// A value that is not finite elsewhere leaves the differences null: they would not be numbers.
import type { ParityFigures } from '../domain/parity.ts'
import {
  isInfinite,
  largestIndex,
  nameOf,
  type OutputArray,
  sameShape,
  sameWinnerShare,
  sharedBestShare,
} from './output-array.ts'
import { errorsOf, isWhole, worseErrors } from './output-errors.ts'

const smallestRelativeSize = 1e-3

export function compareOutputs(
  reference: readonly OutputArray[],
  candidate: readonly OutputArray[],
  classifies: boolean,
): ParityFigures {
  const imageCount = reference[0]?.shape[0] ?? 0
  const { nonFiniteCount, nonFiniteAt } = nonFiniteOf(reference, candidate)
  const pairs = reference.flatMap((left, index) => {
    const right = candidate[index]
    return right !== undefined && sameShape(left, right)
      ? [{ output: left, left: left.values, right: right.values }]
      : []
  })
  const comparable = imageCount > 0 && pairs.length === reference.length && candidate.length === reference.length
  const [first] = pairs
  const top1Agreement = classifies && comparable && first !== undefined ? sameWinnerShare(first, imageCount) : null
  const top5Agreement = top1Agreement === null || first === undefined ? null : sharedBestShare(first, imageCount, 5)
  const none = {
    cosineSimilarity: null,
    maxAbsError: null,
    meanAbsError: null,
    maxRelError: null,
    nonFiniteCount,
    nonFiniteAt,
    top1Agreement,
    ...(top5Agreement !== null && { top5Agreement }),
    imageCount,
  }
  if (!comparable || nonFiniteCount > 0) return none
  const totals = { cosine: 1, largest: 0, largestRelative: 0, sum: 0, count: 0 }
  for (const { left, right } of pairs) addPair(totals, left, right, imageCount)
  return {
    ...none,
    cosineSimilarity: totals.cosine,
    maxAbsError: totals.largest,
    meanAbsError: totals.sum / totals.count,
    maxRelError: totals.largestRelative,
    errors: pairs.map(({ output, right }, place) => errorsOf(nameOf(output, place), output, right)).reduce(worseErrors),
  }
}

type Values = ArrayLike<number>

function addPair(
  totals: { cosine: number; largest: number; largestRelative: number; sum: number; count: number },
  left: Values,
  right: Values,
  imageCount: number,
): void {
  const rowLength = left.length / imageCount
  // The cosine of two numbers says only whether they have one sign, and that of classes or counts says nothing.
  const hasCosine = rowLength > 1 && !isWhole(left, right)
  const smallest = largestSize(left) * smallestRelativeSize
  for (let start = 0; start < left.length; start += rowLength) {
    let [product, leftSquares, rightSquares, rowSum] = [0, 0, 0, 0]
    for (let index = start; index < start + rowLength; index += 1) {
      const [a, b] = [left[index] ?? 0, right[index] ?? 0]
      if (isInfinite(a)) continue
      const [size, difference] = [Math.abs(a), Math.abs(a - b)]
      product += a * b
      leftSquares += a * a
      rightSquares += b * b
      rowSum += difference
      if (difference > totals.largest) totals.largest = difference
      if (size > 0 && size >= smallest && difference > totals.largestRelative * size)
        totals.largestRelative = difference / size
    }
    const lengths = Math.sqrt(leftSquares * rightSquares)
    const cosine = rowSum === 0 ? 1 : lengths === 0 ? 0 : product / lengths
    if (hasCosine) totals.cosine = Math.min(totals.cosine, cosine)
    totals.sum += rowSum
  }
  totals.count += left.length
}

function largestSize(values: Values): number {
  let largest = 0
  for (let index = 0; index < values.length; index += 1) {
    const size = Math.abs(values[index] ?? 0)
    if (!isInfinite(size)) largest = Math.max(largest, size)
  }
  return largest
}

/** Counts what is not a number in the reference or the candidate, but infinities that stand in both. */
function nonFiniteOf(
  reference: readonly OutputArray[],
  candidate: readonly OutputArray[],
): { nonFiniteCount: number; nonFiniteAt: string | null } {
  let nonFiniteCount = 0
  let nonFiniteAt: string | null = null
  for (const [place, output] of candidate.entries()) {
    const { shape, values } = output
    const expected = reference[place]?.values
    const isPaired = expected?.length === values.length
    const rowLength = values.length / (shape[0] ?? 1)
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index] ?? 0
      const wanted = isPaired ? (expected[index] ?? 0) : 0
      if (Number.isFinite(value) && !Number.isNaN(wanted) && isInfinite(wanted) === isInfinite(value)) continue
      if (isInfinite(value) && isInfinite(wanted) && value > 0 === wanted > 0) continue
      nonFiniteCount += 1
      nonFiniteAt ??= `${nameOf(output, place)} of image ${Math.floor(index / rowLength) + 1}`
    }
  }
  return { nonFiniteCount, nonFiniteAt }
}

// Whether embeddings still lie beside the same others: the share of images whose nearest other image, by cosine, is the
// one that the reference finds. Images of one photograph are near each other whatever the model, so they are left out.

/**
 * @param photographs which photograph each image was made from, in the order of the rows.
 * Null where no image has another photograph's beside it.
 */
export function neighbourAgreement(
  reference: ArrayLike<number>,
  candidate: ArrayLike<number>,
  photographs: readonly string[],
): number | null {
  if (new Set(photographs).size < 2) return null
  const [expected, found] = [unitRows(reference, photographs.length), unitRows(candidate, photographs.length)]
  const same = photographs.filter((_, row) => nearest(expected, photographs, row) === nearest(found, photographs, row))
  return same.length / photographs.length
}

function nearest(rows: readonly Float64Array[], photographs: readonly string[], row: number): number {
  const own = rows[row] ?? new Float64Array()
  const cosines = rows.map((other, index) =>
    photographs[index] === photographs[row]
      ? Number.NEGATIVE_INFINITY
      : own.reduce((sum, value, column) => sum + value * (other[column] ?? 0), 0),
  )
  return largestIndex(cosines, 0, cosines.length)
}

/** A row of zeros stays one: it is as near to all others. */
function unitRows(values: ArrayLike<number>, count: number): readonly Float64Array[] {
  const length = values.length / count
  return Array.from({ length: count }, (_, row) => {
    const own = Float64Array.from({ length }, (_, column) => values[row * length + column] ?? 0)
    const size = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0))
    return size === 0 ? own : own.map((value) => value / size)
  })
}

// The share of images whose largest score is at the index of their label, 0..1.

/** @param scores one row of equal length an image, in the order of `labels`. */
export function correctShare(scores: ArrayLike<number>, labels: readonly number[]): number {
  const classCount = scores.length / labels.length
  const correct = labels.filter((label, row) => largestIndex(scores, row * classCount, classCount) === label)
  return correct.length / labels.length
}
