// Whether figures of agreement are good enough for a precision. With seeded weights nothing is judged: random weights
// agree or disagree without meaning, and the figures only check the graph.
import type { ModelManifest, WeightsOrigin } from '../domain/model.ts'
import type { DetectionAgreement, ParityFigures, ParityVerdict } from '../domain/parity.ts'
import { compareOutputs, correctShare, neighbourAgreement, type OutputArray } from './compare-outputs.ts'
import { boxesOfSet, boxesOfYolo, detectionAgreement } from './detections.ts'

export type Tolerance = NonNullable<ModelManifest['parityTolerance']['fp32']>

export interface JudgedParity {
  readonly verdict: ParityVerdict
  readonly reason: string
}

export const seededParityReason = 'seeded weights: timing valid, predictions not'

/** @param tolerance of the candidate's precision; null where the manifest gives none. */
export function judgeParity(
  figures: ParityFigures,
  tolerance: Tolerance | null,
  weights: WeightsOrigin | null = null,
): JudgedParity {
  const { cosineSimilarity: cosine, maxAbsError, nonFiniteCount } = figures
  if (weights === 'seeded') return { verdict: 'not-judged', reason: seededParityReason }
  if (nonFiniteCount > 0) return { verdict: 'fail', reason: nonFiniteReason(figures) }
  if (cosine === null) return { verdict: 'fail', reason: 'the outputs have other shapes than the reference’s' }
  if (tolerance === null) return { verdict: 'not-judged', reason: 'the model states no tolerance for this precision' }
  const { cosinePass, cosineWarn, maxAbsPass } = tolerance
  const because = (reason: string) => [reason, ...taskWords(figures)].join('; ')
  if (cosine < cosineWarn)
    return { verdict: 'fail', reason: because(`cosine ${shown(cosine, cosineWarn)} is below ${cosineWarn}`) }
  if (cosine < cosinePass)
    return { verdict: 'warn', reason: because(`cosine ${shown(cosine, cosinePass)} is below ${cosinePass}`) }
  if (maxAbsPass !== null && maxAbsError !== null && maxAbsError > maxAbsPass) {
    const largest = `the largest difference, ${maxAbsError.toPrecision(3)}, is above ${maxAbsPass}`
    return { verdict: 'warn', reason: because(largest) }
  }
  return { verdict: 'pass', reason: because(`cosine ${shown(cosine, cosinePass)}, at least ${cosinePass} needed`) }
}

function nonFiniteReason({ nonFiniteCount, nonFiniteAt }: ParityFigures): string {
  const where = nonFiniteAt ? `, the first in ${nonFiniteAt}` : ''
  return nonFiniteCount === 1
    ? `1 output value is NaN or infinite${where}`
    : `${nonFiniteCount} output values are NaN or infinite${where}`
}

/** What the model is for, in the same words wherever parity is told; they decide nothing. */
export function taskWords({ neighbourAgreement, detection, accuracy }: ParityFigures): readonly string[] {
  const words: string[] = []
  if (neighbourAgreement != null) words.push(`nearest image the same for ${percent(neighbourAgreement)}`)
  if (detection?.matchedShare != null) {
    words.push(`${percent(detection.matchedShare)} of ${detection.referenceBoxCount} boxes matched`)
    if (detection.meanAveragePrecision !== null) words.push(`mAP ${cut(detection.meanAveragePrecision, 3)}`)
  }
  if (accuracy != null) words.push(`accuracy ${percent(accuracy.candidate)}, FP32 ${percent(accuracy.reference)}`)
  return words
}

/** Cut, not rounded, so that nothing but all reads as 100 %. */
function percent(share: number): string {
  return `${cut(share * 100, 1)} %`
}

const severity: readonly ParityVerdict[] = ['pass', 'not-judged', 'warn', 'fail']

/** The worst of several, with its reason; `not-judged` where there are none. */
export function worstVerdict(judged: readonly JudgedParity[]): JudgedParity {
  const [first, ...others] = judged
  if (first === undefined) return { verdict: 'not-judged', reason: 'nothing was compared' }
  return others.reduce(
    (worst, next) => (severity.indexOf(next.verdict) > severity.indexOf(worst.verdict) ? next : worst),
    first,
  )
}

/** Enough digits to see on which side of its limit it lies. Cut, not rounded: 0.99996 is not shown as 1.0000. */
function shown(cosine: number, limit: number): string {
  const decimals = Math.max(4, String(limit).length - 1)
  return cut(cosine, decimals)
}

function cut(value: number, decimals: number): string {
  const scale = 10 ** decimals
  return (Math.floor(value * scale + 1e-9) / scale).toFixed(decimals)
}

// All figures of agreement between a candidate's outputs and the reference's that a model's task gives: differences for
// every model, neighbours for embeddings, boxes for detectors, true accuracy where images have labels.

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
