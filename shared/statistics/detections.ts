// Boxes on an image and how much two of them share. Corners in any one unit; x and y grow to the right and down.

import type { DetectionAgreement } from '../domain/parity.ts'
import { mean } from './descriptive.ts'
import { largestIndex, type OutputArray } from './output-array.ts'

export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export interface ScoredBox extends Box {
  readonly label: number
  /** 0..1 */
  readonly score: number
}

export function boxAround(centreX: number, centreY: number, width: number, height: number): Box {
  return {
    left: centreX - width / 2,
    top: centreY - height / 2,
    right: centreX + width / 2,
    bottom: centreY + height / 2,
  }
}

/** Intersection over union, 0..1; 0 where neither has an area. */
export function overlap(one: Box, other: Box): number {
  const width = Math.min(one.right, other.right) - Math.max(one.left, other.left)
  const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top)
  const shared = Math.max(0, width) * Math.max(0, height)
  const whole = area(one) + area(other) - shared
  return whole > 0 ? shared / whole : 0
}

function area({ left, top, right, bottom }: Box): number {
  return Math.max(0, right - left) * Math.max(0, bottom - top)
}

// Boxes of each image from a detector's raw outputs, highest score first; a box counts from the threshold on.
// `set-detection` (DETR, YOLOS): logits [images, queries, classes + 1] whose last class is "no object", and boxes
// [images, queries, 4] as centre and size. `focal-detection` (RT-DETR, D-FINE, RF-DETR): likewise, but each class has a
// score of its own and none is "no object". `yolo-detection`: one output [images, 4 + classes, anchors], scores in 0..1,
// boxes as centre and size, many on one object, so all but the best of each heap are taken away.

/** Of one class, above which two boxes are taken for the same object; and how many an image keeps. */
const sameObject = 0.7
const mostBoxes = 300

export type ImageBoxes = readonly ScoredBox[]

/** Null where the outputs have not the shapes of the kind. */
export function boxesOfSet(outputs: readonly OutputArray[], threshold: number): readonly ImageBoxes[] | null {
  const classes = outputs[0]?.shape[2] ?? 0
  if (classes < 2) return null
  return boxesOfQueries(outputs, threshold, classes - 1, (logits, start, best) =>
    softmaxAt(logits, start, classes, best),
  )
}

/** Null where the outputs have not the shapes of the kind. */
export function boxesOfFocal(outputs: readonly OutputArray[], threshold: number): readonly ImageBoxes[] | null {
  const classes = outputs[0]?.shape[2] ?? 0
  if (classes < 1) return null
  return boxesOfQueries(
    outputs,
    threshold,
    classes,
    (logits, start, best) => 1 / (1 + Math.exp(-(logits[start + best] ?? 0))),
  )
}

function boxesOfQueries(
  [logits, boxes]: readonly OutputArray[],
  threshold: number,
  objectClasses: number,
  scoreOf: (logits: ArrayLike<number>, start: number, best: number) => number,
): readonly ImageBoxes[] | null {
  const [images = 0, queries = 0, classes = 0] = logits?.shape ?? []
  if (logits?.shape.length !== 3 || boxes?.shape.join() !== [images, queries, 4].join()) return null
  return Array.from({ length: images }, (_, image) =>
    byScore(
      Array.from({ length: queries }, (_, query) => {
        const row = image * queries + query
        const best = largestIndex(logits.values, row * classes, objectClasses)
        return {
          ...boxAt((part) => boxes.values[row * 4 + part] ?? 0),
          label: best,
          score: scoreOf(logits.values, row * classes, best),
        }
      }).filter(({ score }) => score >= threshold),
    ),
  )
}

/** Null where the outputs have not the shapes of the kind. */
export function boxesOfYolo(outputs: readonly OutputArray[], threshold: number): readonly ImageBoxes[] | null {
  const [raw] = outputs
  const [images = 0, rows = 0, anchors = 0] = raw?.shape ?? []
  if (raw?.shape.length !== 3 || rows < 5) return null
  return Array.from({ length: images }, (_, image) => {
    const at = (row: number, anchor: number) => raw.values[(image * rows + row) * anchors + anchor] ?? 0
    const found: ScoredBox[] = []
    for (let anchor = 0; anchor < anchors; anchor += 1) {
      let best = 4
      for (let row = 5; row < rows; row += 1) if (at(row, anchor) > at(best, anchor)) best = row
      const score = at(best, anchor)
      if (score >= threshold) found.push({ ...boxAt((part) => at(part, anchor)), label: best - 4, score })
    }
    return withoutHeaps(byScore(found))
  })
}

function withoutHeaps(boxes: ImageBoxes): ImageBoxes {
  const kept: ScoredBox[] = []
  for (const box of boxes) {
    if (kept.length === mostBoxes) break
    if (!kept.some((better) => better.label === box.label && overlap(better, box) > sameObject)) kept.push(box)
  }
  return kept
}

function boxAt(part: (index: number) => number): Box {
  return boxAround(part(0), part(1), part(2), part(3))
}

function byScore(boxes: readonly ScoredBox[]): ImageBoxes {
  return [...boxes].sort((left, right) => right.score - left.score)
}

function softmaxAt(values: ArrayLike<number>, start: number, length: number, index: number): number {
  const own = values[start + index] ?? 0
  let sum = 0
  for (let other = 0; other < length; other += 1) sum += Math.exp((values[start + other] ?? 0) - own)
  return 1 / sum
}

// The cheapest way to pair rows with columns one to one (the Hungarian method, by shortest augmenting paths with
// potentials). Every row of a matrix with no more rows than columns gets a column; of a taller one, every column a row.
// Costs are finite. Takes n² m steps for n the smaller side.

/** Pairs [row, column], in row order. Rows are of equal length. */
export function cheapestAssignment(costs: readonly (readonly number[])[]): readonly (readonly [number, number])[] {
  const width = costs[0]?.length ?? 0
  if (costs.length <= width) return assignRows(costs, width)
  const transposed = Array.from({ length: width }, (_, column) => costs.map((row) => row[column] ?? 0))
  return assignRows(transposed, costs.length)
    .map(([column, row]) => [row, column] as const)
    .sort(([left], [right]) => left - right)
}

function assignRows(costs: readonly (readonly number[])[], width: number): readonly (readonly [number, number])[] {
  const [rowPotential, columnPotential] = [new Float64Array(costs.length), new Float64Array(width)]
  /** Row of each column; -1 where it has none yet. */
  const rowOf = new Int32Array(width).fill(-1)
  for (let start = 0; start < costs.length; start += 1) {
    const distance = new Float64Array(width).fill(Number.POSITIVE_INFINITY)
    const cameFrom = new Int32Array(width).fill(-1)
    const done = new Uint8Array(width)
    let [row, lastColumn, reached] = [start, -1, 0]
    for (;;) {
      let next = -1
      for (let column = 0; column < width; column += 1) {
        if (done[column] === 1) continue
        const reduced =
          reached + (costs[row]?.[column] ?? 0) - (rowPotential[row] ?? 0) - (columnPotential[column] ?? 0)
        if (reduced < (distance[column] ?? 0)) {
          distance[column] = reduced
          cameFrom[column] = lastColumn
        }
        if (next === -1 || (distance[column] ?? 0) < (distance[next] ?? 0)) next = column
      }
      reached = distance[next] ?? 0
      done[next] = 1
      lastColumn = next
      row = rowOf[next] ?? -1
      if (row === -1) break
    }
    raisePotentials()
    for (let column = lastColumn; column !== -1; ) {
      const before = cameFrom[column] ?? -1
      rowOf[column] = before === -1 ? start : (rowOf[before] ?? -1)
      column = before
    }
    function raisePotentials(): void {
      rowPotential[start] = (rowPotential[start] ?? 0) + reached
      for (let column = 0; column < width; column += 1) {
        if (done[column] !== 1) continue
        const slack = reached - (distance[column] ?? 0)
        columnPotential[column] = (columnPotential[column] ?? 0) - slack
        const owner = rowOf[column] ?? -1
        if (owner !== -1) rowPotential[owner] = (rowPotential[owner] ?? 0) + slack
      }
    }
  }
  return Array.from(rowOf, (row, column) => [row, column] as const)
    .filter(([row]) => row !== -1)
    .sort(([left], [right]) => left - right)
}

// Mean average precision as COCO counts it: at overlaps of 0.50, 0.55, … 0.95, the precision at 101 recalls of each class
// that the truth holds, averaged over all. Boxes of an image are matched to the truth greedily, highest score first.

const overlapsNeeded = Array.from({ length: 10 }, (_, step) => (50 + 5 * step) / 100)
const recallSteps = 100

/** Images in the same order in both. Null where the truth holds no box. */
export function meanAveragePrecision(truth: readonly ImageBoxes[], found: readonly ImageBoxes[]): number | null {
  const labels = [...new Set(truth.flatMap((boxes) => boxes.map(({ label }) => label)))]
  if (labels.length === 0) return null
  const only = (images: readonly ImageBoxes[], label: number) =>
    images.map((boxes) => boxes.filter((box) => box.label === label))
  const averages = labels.flatMap((label) => {
    const [wanted, candidates] = [only(truth, label), only(found, label)]
    return overlapsNeeded.map((needed) => averagePrecision(wanted, candidates, needed))
  })
  return averages.reduce((sum, average) => sum + average, 0) / averages.length
}

function averagePrecision(truth: readonly ImageBoxes[], found: readonly ImageBoxes[], needed: number): number {
  const truthCount = truth.reduce((sum, boxes) => sum + boxes.length, 0)
  const hits = found.flatMap((boxes, image) => hitsOf(truth[image] ?? [], boxes, needed))
  hits.sort((left, right) => right.score - left.score)
  let right = 0
  const curve = hits.map(({ isHit }, index) => {
    right += isHit ? 1 : 0
    return { recall: right / truthCount, precision: right / (index + 1) }
  })
  for (let index = curve.length - 2; index >= 0; index -= 1) {
    const [here, after] = [curve[index], curve[index + 1]]
    if (here !== undefined && after !== undefined) here.precision = Math.max(here.precision, after.precision)
  }
  let sum = 0
  for (let step = 0; step <= recallSteps; step += 1)
    sum += curve.find(({ recall }) => recall >= step / recallSteps)?.precision ?? 0
  return sum / (recallSteps + 1)
}

/** Each box takes the free one that it overlaps most, where that is enough. */
function hitsOf(truth: ImageBoxes, found: ImageBoxes, needed: number): { score: number; isHit: boolean }[] {
  const free = new Set(truth)
  return [...found]
    .sort((left, right) => right.score - left.score)
    .map((box) => {
      let best: ScoredBox | null = null
      let most = needed
      for (const candidate of free) {
        const shared = overlap(candidate, box)
        if (shared < most) continue
        most = shared
        best = candidate
      }
      if (best !== null) free.delete(best)
      return { score: box.score, isHit: best !== null }
    })
}

// How far a candidate's boxes are the reference's: matched one to one, image by image, so that as many as can be have a
// partner of the same class at enough overlap, and of these the best overlaps.

const overlapNeeded = 0.5
/** Above what any number of real pairs can cost together. */
const noPair = 1e4

/** Images in the same order in both. Shares are null where the reference found no box. */
export function detectionAgreement(
  reference: readonly ImageBoxes[],
  candidate: readonly ImageBoxes[],
): DetectionAgreement {
  const referenceBoxCount = reference.reduce((sum, boxes) => sum + boxes.length, 0)
  const matches = reference.flatMap((boxes, image) => pairsOf(boxes, candidate[image] ?? []))
  const scoreDifferences = matches.map(([box, other]) => Math.abs(box.score - other.score))
  return {
    matchedShare: referenceBoxCount === 0 ? null : matches.length / referenceBoxCount,
    meanIou: matches.length === 0 ? null : mean(matches.map(([box, other]) => overlap(box, other))),
    maxScoreDifference: matches.length === 0 ? null : Math.max(...scoreDifferences),
    meanAveragePrecision: meanAveragePrecision(reference, candidate),
    referenceBoxCount,
  }
}

/** Boxes of one image matched one to one: of one class, at enough overlap. */
export function pairsOf(expected: ImageBoxes, found: ImageBoxes): readonly (readonly [ScoredBox, ScoredBox])[] {
  const costs = expected.map((box) =>
    found.map((other) => {
      const shared = box.label === other.label ? overlap(box, other) : 0
      return shared >= overlapNeeded ? 1 - shared : noPair
    }),
  )
  return cheapestAssignment(costs).flatMap(([row, column]) => {
    const [box, other] = [expected[row], found[column]]
    return box === undefined || other === undefined || costs[row]?.[column] === noPair ? [] : [[box, other] as const]
  })
}
