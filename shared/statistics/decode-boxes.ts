// Boxes of each image from a detector's raw outputs, highest score first; a box counts from the threshold on.
// `set-detection` (DETR, YOLOS): logits [images, queries, classes + 1] whose last class is «no object», and boxes
// [images, queries, 4] as centre and size. `yolo-detection`: one output [images, 4 + classes, anchors], scores in 0..1,
// boxes as centre and size, many on one object, so all but the best of each heap are taken away.
import { type Box, boxAround, overlap, type ScoredBox } from './box.ts'
import type { OutputArray } from './compare-outputs.ts'
import { largestIndex } from './largest-index.ts'

/** Of one class, above which two boxes are taken for the same object; and how many an image keeps. */
const sameObject = 0.7
const mostBoxes = 300

export type ImageBoxes = readonly ScoredBox[]

/** Null where the outputs have not the shapes of the kind. */
export function boxesOfSet(outputs: readonly OutputArray[], threshold: number): readonly ImageBoxes[] | null {
  const [logits, boxes] = outputs
  const [images = 0, queries = 0, classes = 0] = logits?.shape ?? []
  if (logits?.shape.length !== 3 || boxes?.shape.join() !== [images, queries, 4].join() || classes < 2) return null
  return Array.from({ length: images }, (_, image) =>
    byScore(
      Array.from({ length: queries }, (_, query) => {
        const row = image * queries + query
        const best = largestIndex(logits.values, row * classes, classes - 1)
        return {
          ...boxAt((part) => boxes.values[row * 4 + part] ?? 0),
          label: best,
          score: softmaxAt(logits.values, row * classes, classes, best),
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
