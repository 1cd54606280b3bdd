// How far a candidate's boxes are the reference's: matched one to one, image by image, so that as many as can be have a
// partner of the same class at enough overlap, and of these the best overlaps.
import type { DetectionAgreement } from '../domain/parity.ts'
import { cheapestAssignment } from './assignment.ts'
import { meanAveragePrecision } from './average-precision.ts'
import { overlap, type ScoredBox } from './box.ts'
import { mean } from './mean.ts'

type ImageBoxes = readonly ScoredBox[]

const overlapNeeded = 0.5
/** Above what any number of real pairs can cost together. */
const noPair = 1e4

/** Images in the same order in both. Shares are null where the reference found no box. */
export function detectionAgreement(
  reference: readonly ImageBoxes[],
  candidate: readonly ImageBoxes[],
): DetectionAgreement {
  const referenceBoxCount = reference.reduce((sum, boxes) => sum + boxes.length, 0)
  const matches = reference.flatMap((boxes, image) => matchesOf(boxes, candidate[image] ?? []))
  const scoreDifferences = matches.map(({ scoreDifference }) => scoreDifference)
  return {
    matchedShare: referenceBoxCount === 0 ? null : matches.length / referenceBoxCount,
    meanIou: matches.length === 0 ? null : mean(matches.map(({ shared }) => shared)),
    maxScoreDifference: matches.length === 0 ? null : Math.max(...scoreDifferences),
    meanAveragePrecision: meanAveragePrecision(reference, candidate),
    referenceBoxCount,
  }
}

function matchesOf(expected: ImageBoxes, found: ImageBoxes): readonly { shared: number; scoreDifference: number }[] {
  const costs = expected.map((box) =>
    found.map((other) => {
      const shared = box.label === other.label ? overlap(box, other) : 0
      return shared >= overlapNeeded ? 1 - shared : noPair
    }),
  )
  return cheapestAssignment(costs).flatMap(([row, column]) => {
    const [box, other] = [expected[row], found[column]]
    const cost = costs[row]?.[column] ?? noPair
    if (box === undefined || other === undefined || cost === noPair) return []
    return [{ shared: 1 - cost, scoreDifference: Math.abs(box.score - other.score) }]
  })
}
