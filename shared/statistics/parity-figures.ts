// All agreement figures between a candidate's outputs and the reference's for a model's task: differences for every
// model, neighbours for embeddings, boxes for detectors, true accuracy if images have labels.
import type { ModelManifest } from '../domain/model.ts'
import type { DetectionAgreement, ParityFigures } from '../domain/parity.ts'
import { alignedOutputs } from './aligned-outputs.ts'
import { compareOutputs, correctShare, neighbourAgreement } from './compare-outputs.ts'
import { clearBoxAgreement, decodeBoxes, type Head, recognisedHead } from './detection-heads.ts'
import { detectionAgreement } from './detections.ts'
import type { OutputArray } from './output-array.ts'

/** Facts about the images, in the order of the outputs' rows. */
export interface ImageFacts {
  readonly photographs: readonly string[] | null
  readonly labels: readonly number[] | null
}

type PictureSides = Pick<ModelManifest['input'], 'width' | 'height'>
type Task = Pick<ModelManifest, 'postprocessing' | 'scoreThreshold'> & {
  readonly input?: PictureSides
  readonly outputs?: readonly string[]
}

/** Outputs in the manifest's order of names. Task figures are null if the outputs cannot be compared at all. */
export function parityFiguresOf(
  task: Task,
  referenceOutputs: readonly OutputArray[],
  candidateOutputs: readonly OutputArray[],
  { photographs, labels }: ImageFacts,
): ParityFigures {
  const { reference, candidate, notCompared } = alignedOutputs(referenceOutputs, candidateOutputs, task.outputs)
  const figures = compareOutputs(reference, candidate, task.postprocessing === 'top-1')
  const [expected, found] = [reference[0], candidate[0]]
  const comparable = figures.cosineSimilarity !== null && expected !== undefined && found !== undefined
  const isEmbedding = task.postprocessing === 'embedding' && photographs?.length === figures.imageCount
  const isLabelled = labels !== null && expected?.shape.length === 2 && labels.length === figures.imageCount
  return {
    ...figures,
    ...(notCompared.length > 0 && { notCompared: [...notCompared] }),
    neighbourAgreement:
      comparable && isEmbedding ? neighbourAgreement(expected.values, found.values, photographs) : null,
    detection: comparable ? detectionOf(task, reference, candidate) : null,
    accuracy:
      comparable && isLabelled
        ? { candidate: correctShare(found.values, labels), reference: correctShare(expected.values, labels) }
        : null,
  }
}

function detectionOf(
  task: Task,
  reference: readonly OutputArray[],
  candidate: readonly OutputArray[],
): DetectionAgreement | null {
  const { postprocessing, scoreThreshold, input } = task
  const isOfQueries = postprocessing === 'set-detection' || postprocessing === 'focal-detection'
  const isStated = scoreThreshold !== undefined && (isOfQueries || postprocessing === 'yolo-detection')
  const head: Head | null = isStated
    ? {
        kind: postprocessing,
        scoreThreshold,
        judgedBy: 'boxes-first',
        pixelsOf: isOfQueries ? sidesOf(input) : [1, 1],
      }
    : postprocessing === 'none'
      ? recognisedHead(reference)
      : null
  if (head === null) return null
  const [possible, foundPossible] = [reference, candidate].map((each) =>
    decodeBoxes(head, each, head.scoreThreshold / 2),
  )
  if (!possible || !foundPossible) return null
  // The best come first, so a lower threshold only adds boxes.
  const clear = (images: typeof possible) =>
    images.map((boxes) => boxes.filter(({ score }) => score >= head.scoreThreshold))
  return {
    ...detectionAgreement(clear(possible), clear(foundPossible)),
    ...clearBoxAgreement(possible, foundPossible, head),
    judgedBy: head.judgedBy,
  }
}

function sidesOf(input: PictureSides | undefined): readonly [number, number] {
  return [input?.width ?? 1, input?.height ?? 1]
}
