// All figures of agreement between a candidate's outputs and the reference's that a model's task gives: differences for
// every model, neighbours for embeddings, boxes for detectors, true accuracy where images have labels.
import type { ModelManifest } from '../domain/model.ts'
import type { DetectionAgreement, ParityFigures } from '../domain/parity.ts'
import { compareOutputs, type OutputArray } from './compare-outputs.ts'
import { correctShare } from './correct-share.ts'
import { boxesOfSet, boxesOfYolo } from './decode-boxes.ts'
import { detectionAgreement } from './detection-agreement.ts'
import { neighbourAgreement } from './neighbour-agreement.ts'

/** What is known of the images, in the order of the outputs' rows. */
export interface ImageFacts {
  readonly photographs: readonly string[] | null
  readonly labels: readonly number[] | null
}

type Task = Pick<ModelManifest, 'postprocessing' | 'scoreThreshold'>

/** Outputs in the manifest's order of names. Task figures are null where the outputs cannot be compared at all. */
export function parityFiguresOf(
  task: Task,
  reference: readonly OutputArray[],
  candidate: readonly OutputArray[],
  { photographs, labels }: ImageFacts,
): ParityFigures {
  const figures = compareOutputs(reference, candidate, task.postprocessing === 'top-1')
  const [expected, found] = [reference[0], candidate[0]]
  const comparable = figures.cosineSimilarity !== null && expected !== undefined && found !== undefined
  const isEmbedding = task.postprocessing === 'embedding' && photographs?.length === figures.imageCount
  const isLabelled = labels !== null && expected?.shape.length === 2 && labels.length === figures.imageCount
  return {
    ...figures,
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
  { postprocessing, scoreThreshold }: Task,
  reference: readonly OutputArray[],
  candidate: readonly OutputArray[],
): DetectionAgreement | null {
  if (scoreThreshold === undefined) return null
  const decode = {
    'set-detection': boxesOfSet,
    'yolo-detection': boxesOfYolo,
    none: null,
    embedding: null,
    'top-1': null,
  }[postprocessing]
  const [expected, found] = [decode?.(reference, scoreThreshold) ?? null, decode?.(candidate, scoreThreshold) ?? null]
  return expected === null || found === null ? null : detectionAgreement(expected, found)
}
