// Mean average precision as COCO counts it: at overlaps of 0.50, 0.55, … 0.95, the precision at 101 recalls of each class
// that the truth holds, averaged over all. Boxes of an image are matched to the truth greedily, highest score first.
import { overlap, type ScoredBox } from './box.ts'

type ImageBoxes = readonly ScoredBox[]

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
