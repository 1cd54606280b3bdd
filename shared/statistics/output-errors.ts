// Errors of one output relative to its values, and to how they differ between images. Both are computed per image, in
// groups of columns of similar range, and the worst counts.
import type { OutputErrors } from '../domain/parity.ts'
import { isInfinite, type OutputArray, sameWinnerShare } from './output-array.ts'

type Values = ArrayLike<number>

/** Below this share of the values, differences between images are rounding. */
const smallestVariation = 1e-5
/** With fewer values, that all are integers may be chance. */
const fewestWholeNumbers = 8
/** Rows of at least this many integers (masks) are judged image by image, shorter ones (classes) over all images. */
const longWholeRow = 16

/** Whether an output holds classes, counts, masks or booleans. */
export function isWhole(reference: Values, candidate: Values): boolean {
  if (reference.length < fewestWholeNumbers) return false
  for (let index = 0; index < reference.length; index += 1)
    if (!Number.isInteger(reference[index]) || !Number.isInteger(candidate[index])) return false
  return true
}

const nothingFound: OutputErrors = {
  relativeError: null,
  relativeErrorAt: null,
  scale: null,
  scaleAt: null,
  variationError: null,
  variationErrorAt: null,
  equalShare: null,
  equalShareAt: null,
  withoutOffset: null,
  varies: null,
}

export function errorsOf(name: string, { shape, values: reference }: OutputArray, candidate: Values): OutputErrors {
  const imageCount = shape[0] ?? 1
  if (reference.length === 0) return nothingFound
  const varies = imageCount > 1 ? variesBetweenImages(reference, imageCount) : null
  if (isWhole(reference, candidate))
    return { ...nothingFound, ...equalShareOf(name, reference, candidate, imageCount), varies }
  const groups = columnGroups(reference, shape)
  const found = groups.names
    .map((columns, group) => errorsOfGroup(`${name}${columns}`, { reference, candidate, imageCount, groups, group }))
    .reduce(worseErrors)
  const isFlat = shape.length === 2 && groups.names.length === 1 && reference.length > imageCount
  return { ...found, withoutOffset: isFlat ? withoutOffset(reference, candidate, imageCount) : null, varies }
}

/** The worst of both, figure by figure; variation in one output is enough to judge by. */
export function worseErrors(one: OutputErrors, other: OutputErrors): OutputErrors {
  const worse = (pick: (errors: OutputErrors) => number | null) =>
    (pick(other) ?? -1) > (pick(one) ?? -1) ? other : one
  const value = worse(({ relativeError }) => relativeError)
  const scaled = worse(({ scale }) => (scale === null ? null : scaleDistance(scale)))
  const variation = worse(({ variationError }) => variationError)
  const equal = worse(({ equalShare }) => (equalShare === null ? null : 1 - equalShare))
  return {
    relativeError: value.relativeError,
    relativeErrorAt: value.relativeErrorAt,
    scale: scaled.scale,
    scaleAt: scaled.scaleAt,
    variationError: variation.variationError,
    variationErrorAt: variation.variationErrorAt,
    equalShare: equal.equalShare,
    equalShareAt: equal.equalShareAt,
    // Reported for only one output: with several, an offset in one says nothing about the others.
    withoutOffset: null,
    varies: one.varies === null ? other.varies : one.varies || (other.varies ?? false),
  }
}

/** 0 for the right scale; 1.25 times and 0.8 times are equally far. */
export function scaleDistance(scale: number): number {
  return scale <= 0 ? Number.POSITIVE_INFINITY : Math.max(scale, 1 / scale) - 1
}

interface GroupPair {
  readonly reference: Values
  readonly candidate: Values
  readonly imageCount: number
  readonly groups: ColumnGroups
  readonly group: number
}

function errorsOfGroup(name: string, pair: GroupPair): OutputErrors {
  const { reference, candidate, imageCount, groups, group } = pair
  const length = reference.length / imageCount
  const [ownMeans, otherMeans] = [meansOfImages(reference, imageCount), meansOfImages(candidate, imageCount)]
  const sums = Array.from({ length: imageCount }, (_, image) => {
    let [size, error, otherSize, variation, variationError] = [0, 0, 0, 0, 0]
    for (let place = 0; place < length; place += 1) {
      if (groups.of !== null && groups.of[place] !== group) continue
      const [a, b] = [reference[image * length + place] ?? 0, candidate[image * length + place] ?? 0]
      if (isInfinite(a)) continue
      const centred = a - (ownMeans[place] ?? 0)
      const difference = b - a
      const centredDifference = b - (otherMeans[place] ?? 0) - centred
      size += a * a
      otherSize += b * b
      error += difference * difference
      variation += centred * centred
      variationError += centredDifference * centredDifference
    }
    return { size, error, otherSize, variation, variationError }
  })
  const total = (pick: (sum: (typeof sums)[number]) => number) => sums.reduce((sum, each) => sum + pick(each), 0)
  const [size, variation] = [total((each) => each.size), total((each) => each.variation)]
  const varies = imageCount > 1 && Math.sqrt(variation) > smallestVariation * Math.sqrt(size)
  // An error is relative to the image's own values, but not to less than those of all images: this avoids dividing by
  // almost zero.
  const worst = (
    error: (sum: (typeof sums)[number]) => number,
    own: (sum: (typeof sums)[number]) => number,
    all: number,
  ) => worstOf(sums.map((each) => relative(error(each), Math.max(own(each), all / imageCount))))
  const value = worst(
    (each) => each.error,
    (each) => each.size,
    size,
  )
  const between = varies
    ? worst(
        (each) => each.variationError,
        (each) => each.variation,
        variation,
      )
    : null
  return {
    ...nothingFound,
    relativeError: value.error,
    relativeErrorAt: `${name} of image ${value.image + 1}`,
    scale: size > 0 ? Math.sqrt(total((each) => each.otherSize) / size) : null,
    scaleAt: name,
    variationError: between?.error ?? null,
    variationErrorAt: between === null ? null : `${name} of image ${between.image + 1}`,
  }
}

/** Roots of sums of squares; an error relative to zero counts as 1. */
function relative(error: number, size: number): number {
  return error === 0 ? 0 : size === 0 ? 1 : Math.sqrt(error / size)
}

function worstOf(errors: readonly number[]): { error: number; image: number } {
  return errors.reduce((worst, error, image) => (error > worst.error ? { error, image } : worst), {
    error: 0,
    image: 0,
  })
}

function meansOfImages(values: Values, imageCount: number): Float64Array {
  const length = values.length / imageCount
  const means = new Float64Array(length)
  for (let index = 0; index < values.length; index += 1) {
    const place = index % length
    const value = values[index] ?? 0
    means[place] = (means[place] ?? 0) + (isInfinite(value) ? 0 : value / imageCount)
  }
  return means
}

function variesBetweenImages(values: Values, imageCount: number): boolean {
  const means = meansOfImages(values, imageCount)
  let [size, variation] = [0, 0]
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0
    if (isInfinite(value)) continue
    size += value * value
    variation += (value - (means[index % means.length] ?? 0)) ** 2
  }
  return Math.sqrt(variation) > smallestVariation * Math.sqrt(size)
}

function equalShareOf(
  name: string,
  reference: Values,
  candidate: Values,
  imageCount: number,
): Pick<OutputErrors, 'equalShare' | 'equalShareAt'> {
  const length = reference.length / imageCount
  const different = Array.from({ length: imageCount }, (_, image) => {
    let count = 0
    for (let index = image * length; index < (image + 1) * length; index += 1)
      if (reference[index] !== candidate[index]) count += 1
    return count / length
  })
  if (length >= longWholeRow) {
    const { error, image } = worstOf(different)
    return { equalShare: 1 - error, equalShareAt: `${name} of image ${image + 1}` }
  }
  return { equalShare: 1 - different.reduce((sum, share) => sum + share, 0) / imageCount, equalShareAt: name }
}

/** The remaining error and winners when every value is shifted by the same amount. */
function withoutOffset(reference: Values, candidate: Values, imageCount: number): OutputErrors['withoutOffset'] {
  let [sum, count] = [0, 0]
  for (let index = 0; index < reference.length; index += 1) {
    const value = reference[index] ?? 0
    if (isInfinite(value)) continue
    sum += (candidate[index] ?? 0) - value
    count += 1
  }
  const offset = sum / Math.max(1, count)
  const moved = Float64Array.from({ length: candidate.length }, (_, index) => (candidate[index] ?? 0) - offset)
  const all = { of: null, names: [''] }
  const { relativeError } = errorsOfGroup('', { reference, candidate: moved, imageCount, groups: all, group: 0 })
  return {
    offset,
    relativeError: relativeError ?? 0,
    sameWinnerShare: sameWinnerShare({ left: reference, right: candidate }, imageCount),
  }
}

// Columns of similar range. Boxes in pixels and scores in 0..1 often share one output: next to the boxes' hundreds no
// error of the scores would show. Columns are along one dimension (rows 4 to 83 of [84, 8400], places 4 of [300, 6]),
// and are separated if the largest values of neighbours by size differ by a factor of ten, unless the larger is a
// probability.

interface ColumnGroups {
  /** Group of each value of a row; null if there is one group. */
  readonly of: Uint8Array | null
  /** ` rows 5–24` for reasons; empty if there is one group. */
  readonly names: readonly string[]
}

const apart = 10
const largestProbability = 2
/**
 * A group of small columns that is a smaller share than this is not judged separately: a dead column may have any
 * value.
 */
const smallestPart = 1 / 16
const oneGroup: ColumnGroups = { of: null, names: [''] }

function columnGroups(reference: Values, shape: readonly number[]): ColumnGroups {
  for (const [dimension, count] of shape.entries()) {
    if (dimension === 0 || count < 2) continue
    const stride = shape.slice(dimension + 1).reduce((product, size) => product * size, 1)
    const largest = new Float64Array(count)
    for (let index = 0; index < reference.length; index += 1) {
      const column = Math.floor(index / stride) % count
      const size = Math.abs(reference[index] ?? 0)
      if (!isInfinite(size) && size > (largest[column] ?? 0)) largest[column] = size
    }
    const groups = groupsOf(largest)
    if (groups.length < 2) continue
    const groupOf = new Uint8Array(count)
    for (const [group, columns] of groups.entries()) for (const column of columns) groupOf[column] = group
    const length = reference.length / (shape[0] ?? 1)
    return {
      of: Uint8Array.from({ length }, (_, place) => groupOf[Math.floor(place / stride) % count] ?? 0),
      names: groups.map((columns) => ` columns ${rangesOf(columns)}`),
    }
  }
  return oneGroup
}

function groupsOf(largest: Float64Array): readonly (readonly number[])[] {
  const order = Array.from(largest.keys()).sort((one, other) => (largest[other] ?? 0) - (largest[one] ?? 0))
  const groups: number[][] = []
  for (const [place, column] of order.entries()) {
    const [before, size] = [largest[order[place - 1] ?? column] ?? 0, largest[column] ?? 0]
    const isApart = place > 0 && size > 0 && before > largestProbability && before > apart * size
    const rest = order.length - place
    if (place === 0 || (isApart && rest >= largest.length * smallestPart)) groups.push([])
    groups.at(-1)?.push(column)
  }
  return groups
}

/** `1–4, 7` */
function rangesOf(columns: readonly number[]): string {
  const sorted = [...columns].sort((one, other) => one - other)
  const ranges: [number, number][] = []
  for (const column of sorted) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === column - 1) last[1] = column
    else ranges.push([column, column])
  }
  const words = ranges.slice(0, 3).map(([from, to]) => (from === to ? `${from + 1}` : `${from + 1}–${to + 1}`))
  return ranges.length > 3 ? `${words.join(', ')}, …` : words.join(', ')
}
