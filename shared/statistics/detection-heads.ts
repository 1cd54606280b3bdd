// Boxes from a detector's raw outputs, whatever head gave them, and the agreement of the clear ones of two sets. A box
// at the threshold may be in only one set because of rounding; so a box counts as clear from the threshold upward, and
// as found from half of it.
import type { DetectionAgreement } from '../domain/parity.ts'
import { mean } from './descriptive.ts'
import { boxesOfFocal, boxesOfSet, boxesOfYolo, type ImageBoxes, pairsOf, type ScoredBox } from './detections.ts'
import type { OutputArray } from './output-array.ts'

export interface Head {
  /** `list`: rows of left, top, right, bottom, score, class, as a model with its own suppression returns them. */
  readonly kind: 'set-detection' | 'focal-detection' | 'yolo-detection' | 'list'
  readonly scoreThreshold: number
  readonly judgedBy: NonNullable<DetectionAgreement['judgedBy']>
  /** Input pixels per unit of x and y. */
  readonly pixelsOf: readonly [number, number]
}

/** Null if the outputs do not have the head's shapes. */
export function decodeBoxes(
  { kind }: Head,
  outputs: readonly OutputArray[],
  threshold: number,
): readonly ImageBoxes[] | null {
  if (kind === 'list') return boxesOfList(outputs, threshold)
  if (kind === 'focal-detection') return boxesOfFocal(outputs, threshold)
  return kind === 'set-detection' ? boxesOfSet(outputs, threshold) : boxesOfYolo(outputs, threshold)
}

function boxesOfList([list]: readonly OutputArray[], threshold: number): readonly ImageBoxes[] | null {
  if (list?.shape.length !== 3 || list.shape[2] !== 6) return null
  const [images = 0, rows = 0] = list.shape
  return Array.from({ length: images }, (_, image) =>
    Array.from({ length: rows }, (_, row): ScoredBox => {
      const at = (column: number) => list.values[(image * rows + row) * 6 + column] ?? 0
      return { left: at(0), top: at(1), right: at(2), bottom: at(3), score: at(4), label: at(5) }
    })
      .filter(({ score }) => score >= threshold)
      .sort((one, other) => other.score - one.score),
  )
}

const usualThreshold = 0.25

/** The head of a user's model, if its reference outputs can hardly be anything else; null otherwise. */
export function recognisedHead(outputs: readonly OutputArray[]): Head | null {
  const [only] = outputs
  if (outputs.length !== 1 || only?.shape.length !== 3) return null
  const [, rows = 0, places = 0] = only.shape
  const head = { scoreThreshold: usualThreshold, pixelsOf: [1, 1] } as const
  const [boxes, scores] = [rangeOf(only, (row) => row < 4), rangeOf(only, (row) => row >= 4)]
  if (rows >= 5 && places >= 16 && isShare(scores) && boxes.highest > 2)
    return { ...head, kind: 'yolo-detection', judgedBy: 'values-too' }
  const byColumn = (wanted: (column: number) => boolean) => rangeOf(only, (_, column) => wanted(column))
  const [score, label] = [byColumn((column) => column === 4), byColumn((column) => column === 5)]
  const hasPixels = byColumn((column) => column < 4).highest > 2
  return places === 6 && isShare(score) && label.isWhole && label.lowest >= -1 && hasPixels
    ? { ...head, kind: 'list', judgedBy: 'boxes' }
    : null
}

interface Range {
  readonly lowest: number
  readonly highest: number
  readonly isWhole: boolean
}

function rangeOf({ shape, values }: OutputArray, takes: (row: number, column: number) => boolean): Range {
  const [, rows = 1, columns = 1] = shape
  let [lowest, highest, isWhole] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true]
  for (let index = 0; index < values.length; index += 1) {
    if (!takes(Math.floor(index / columns) % rows, index % columns)) continue
    const value = values[index] ?? 0
    lowest = Math.min(lowest, value)
    highest = Math.max(highest, value)
    isWhole &&= Number.isInteger(value)
  }
  return { lowest, highest, isWhole }
}

function isShare({ lowest, highest }: Range): boolean {
  return lowest >= 0 && highest <= 1 && highest >= usualThreshold
}

type ClearFigures = Pick<DetectionAgreement, 'agreedShare' | 'worstImage' | 'edgeShiftPixels' | 'scoreScale'>

/** Both with boxes from half the head's threshold; images in the same order. All null if no box is clear. */
export function clearBoxAgreement(
  reference: readonly ImageBoxes[],
  candidate: readonly ImageBoxes[],
  { scoreThreshold, pixelsOf }: Head,
): ClearFigures {
  const isClear = ({ score }: ScoredBox) => score >= scoreThreshold
  const images = reference.map((boxes, index) => {
    const others = candidate[index] ?? []
    const forth = pairsOf(boxes.filter(isClear), others)
    const back = pairsOf(others.filter(isClear), boxes)
    const boxCount = boxes.filter(isClear).length + others.filter(isClear).length
    return { image: index + 1, pairs: forth, boxCount, agreed: forth.length + back.length }
  })
  const boxCount = images.reduce((sum, image) => sum + image.boxCount, 0)
  if (boxCount === 0) return { agreedShare: null, worstImage: null, edgeShiftPixels: null, scoreScale: null }
  const shares = images
    .filter((image) => image.boxCount > 0)
    .map(({ image, agreed, boxCount: own }) => ({ image, agreedShare: agreed / own, boxCount: own }))
  const pairs = images.flatMap((image) => image.pairs)
  return {
    agreedShare: images.reduce((sum, { agreed }) => sum + agreed, 0) / boxCount,
    worstImage: shares.reduce((worst, next) => (next.agreedShare < worst.agreedShare ? next : worst)),
    edgeShiftPixels: pairs.length < 2 ? null : edgeShift(pairs, pixelsOf),
    scoreScale: pairs.length < 2 ? null : scoreScale(pairs),
  }
}

type BoxPair = readonly [ScoredBox, ScoredBox]

/** Number of standard errors that chance explains. */
const chance = 2

function edgeShift(pairs: readonly BoxPair[], [across, down]: readonly [number, number]): number {
  const edges = [
    pairs.map(([box, other]) => (other.left - box.left) * across),
    pairs.map(([box, other]) => (other.right - box.right) * across),
    pairs.map(([box, other]) => (other.top - box.top) * down),
    pairs.map(([box, other]) => (other.bottom - box.bottom) * down),
  ]
  return Math.max(
    ...edges.map((moves) => {
      const centre = mean(moves)
      const spread = Math.sqrt(moves.reduce((sum, move) => sum + (move - centre) ** 2, 0) / (moves.length - 1))
      return Math.max(0, Math.abs(centre) - (chance * spread) / Math.sqrt(moves.length))
    }),
  )
}

function scoreScale(pairs: readonly BoxPair[]): number {
  const squares = pairs.reduce((sum, [box]) => sum + box.score ** 2, 0)
  const scale = pairs.reduce((sum, [box, other]) => sum + box.score * other.score, 0) / squares
  const left = pairs.reduce((sum, [box, other]) => sum + (other.score - scale * box.score) ** 2, 0)
  const uncertain = chance * Math.sqrt(left / (pairs.length - 1) / squares)
  return Math.abs(scale - 1) <= uncertain ? 1 : scale - Math.sign(scale - 1) * uncertain
}
