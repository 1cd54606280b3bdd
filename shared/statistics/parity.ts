// Whether figures of agreement are good enough for a precision. The manifest's two cosines set every limit: a cosine of
// 0.99 that comes from noise alone is an error of 14 % beside the values, so 14 % is what the values may be off by. The
// worst finding decides. With seeded weights nothing is judged: random weights agree or disagree without meaning, and the
// figures only check the graph.
import type { ModelManifest, WeightsOrigin } from '../domain/model.ts'
import type { DetectionAgreement, ParityFigures, ParityVerdict } from '../domain/parity.ts'
import { scaleDistance } from './output-errors.ts'

export type Tolerance = NonNullable<ModelManifest['parityTolerance']['fp32']>

export interface JudgedParity {
  readonly verdict: ParityVerdict
  readonly reason: string
  /** The figure that decided, in short: `values off by 18.2 %`; absent where none did. */
  readonly decidedBy?: string
}

export const seededParityReason = 'seeded weights: timing valid, predictions not'

/** Shown in place of every speed of a case until its outputs were compared. */
export const parityToCome = 'Parity is checked after the first launch.'

/** @param tolerance of the candidate's precision; null where the manifest gives none. */
export function judgeParity(
  figures: ParityFigures,
  tolerance: Tolerance | null,
  weights: WeightsOrigin | null = null,
): JudgedParity {
  if (weights === 'seeded') return { verdict: 'not-judged', reason: seededParityReason }
  const { notCompared = [] } = figures
  if (notCompared.length > 0 && figures.imageCount === 0) {
    return { verdict: 'not-judged', reason: `${wholeWords(notCompared)}; batch 1 compares it` }
  }
  if (figures.nonFiniteCount > 0)
    return { verdict: 'fail', reason: nonFiniteReason(figures), decidedBy: `${figures.nonFiniteCount} NaN or Inf` }
  if (figures.cosineSimilarity === null)
    return { verdict: 'fail', reason: 'the outputs have other shapes than the reference’s' }
  if (tolerance === null) return { verdict: 'not-judged', reason: 'the model states no tolerance for this precision' }
  const [decisive] = findingsOf(figures, tolerance).sort(
    (one, other) => severity.indexOf(other.verdict) - severity.indexOf(one.verdict) || other.ofLimit - one.ofLimit,
  )
  if (decisive === undefined) return { verdict: 'not-judged', reason: 'nothing was compared' }
  if (decisive.verdict === 'pass' && figures.errors?.varies === false)
    return { verdict: 'not-judged', reason: 'the reference gives the same outputs for every image' }
  const aside = notCompared.length === 0 ? [] : [`${wholeWords(notCompared)}, and is compared at batch 1 only`]
  const reason = [decisive.reason, ...taskWords(figures), ...aside].join('; ')
  return { verdict: decisive.verdict, reason, decidedBy: decisive.figure }
}

/** `"keep" has no row per image` */
function wholeWords(names: readonly string[]): string {
  return `${names.map((name) => `"${name}"`).join(', ')} has no row per image`
}

interface Finding {
  readonly verdict: 'pass' | 'warn' | 'fail'
  /** `values off by 18.2 %` */
  readonly figure: string
  readonly reason: string
  /** How much of what passes is used up; of equal verdicts the largest is told. */
  readonly ofLimit: number
}

/** Distances from perfect agreement: the largest that passes, and the largest that only warns. */
interface Limits {
  readonly pass: number
  readonly warn: number
}

function findingsOf(figures: ParityFigures, tolerance: Tolerance): Finding[] {
  const values = [...valueFindings(figures, tolerance), ...maxAbsFindings(figures, tolerance)]
  const { detection } = figures
  const boxes = detection?.agreedShare == null ? [] : boxFindings(detection, tolerance)
  const judged = boxes.length === 0 ? values : values.flatMap((each) => besideBoxes(each, detection?.judgedBy))
  return [...judged, ...boxes, ...taskFindings(figures, tolerance)]
}

function valueFindings({ cosineSimilarity, errors }: ParityFigures, tolerance: Tolerance): Finding[] {
  const findings: Finding[] = []
  const { cosinePass, cosineWarn } = tolerance
  const isWhole = errors !== undefined && errors.relativeError === null
  if (cosineSimilarity !== null && !isWhole) {
    const cosine = shown(cosineSimilarity, cosineSimilarity < cosineWarn ? cosineWarn : cosinePass)
    const limits = { pass: 1 - cosinePass, warn: 1 - cosineWarn }
    findings.push(
      finding(1 - cosineSimilarity, limits, `cosine ${cosine}`, (limit, passes) =>
        passes
          ? `cosine ${cosine}, at least ${cosinePass} needed`
          : `cosine ${cosine} is below ${limit === limits.warn ? cosineWarn : cosinePass}`,
      ),
    )
  }
  if (errors === undefined) return findings
  const value = valueLimits(tolerance)
  const { relativeError, scale, variationError, withoutOffset, equalShare } = errors
  if (relativeError !== null) {
    const figure = `values off by ${errorText(relativeError)}`
    findings.push(
      finding(
        relativeError,
        value,
        figure,
        (limit) => `${figure} (${errors.relativeErrorAt}; limit ${errorText(limit)})`,
      ),
    )
  }
  if (scale !== null) {
    const figure = `values ${scale.toFixed(3)} times as large`
    const limits = scaleLimits(tolerance)
    findings.push(
      finding(
        scaleDistance(scale),
        limits,
        figure,
        (limit) => `${figure} as the reference’s (${errors.scaleAt}; limit ±${errorText(limit)})`,
      ),
    )
  }
  const isOneOffset =
    withoutOffset !== null &&
    withoutOffset.relativeError <= Math.min(value.pass, (relativeError ?? 0) / 2) &&
    1 - withoutOffset.sameWinnerShare <= shareLimits(tolerance).warn
  const judged = isOneOffset ? findings.map((each) => softened(each, withoutOffset)) : findings
  if (variationError !== null) {
    const figure = `differences between images off by ${errorText(variationError)}`
    judged.push(
      finding(
        variationError,
        variationLimits(tolerance),
        figure,
        (limit) => `${figure} (${errors.variationErrorAt}; limit ${errorText(limit)})`,
      ),
    )
  }
  if (equalShare !== null) {
    const figure = `${percent(equalShare)} of whole numbers equal`
    judged.push(
      finding(
        1 - equalShare,
        shareLimits(tolerance),
        figure,
        (limit) => `${figure} (${errors.equalShareAt}; ${percent(1 - limit)} needed)`,
      ),
    )
  }
  return judged
}

/** Scores that are all moved by one offset name the same winners. */
function softened(
  each: Finding,
  { offset, sameWinnerShare }: NonNullable<NonNullable<ParityFigures['errors']>['withoutOffset']>,
): Finding {
  if (each.verdict === 'pass') return each
  const words = `every value is off by about ${offset.toPrecision(3)}, top-1 the same for ${percent(sameWinnerShare)}`
  return { ...each, verdict: 'warn', reason: `${words}; ${each.reason}` }
}

function maxAbsFindings({ maxAbsError }: ParityFigures, { maxAbsPass }: Tolerance): Finding[] {
  if (maxAbsPass === null || maxAbsError === null) return []
  const largest = maxAbsError.toPrecision(3)
  return [
    finding(
      maxAbsError,
      { pass: maxAbsPass, warn: Number.POSITIVE_INFINITY },
      `largest difference ${largest}`,
      (limit, passes) =>
        passes
          ? `the largest difference is ${largest}, ${limit} passes`
          : `the largest difference, ${largest}, is above ${limit}`,
    ),
  ]
}

function taskFindings({ top1Agreement, accuracy, imageCount }: ParityFigures, tolerance: Tolerance): Finding[] {
  const findings: Finding[] = []
  const one = 1 / Math.max(1, imageCount)
  if (top1Agreement !== null) {
    const { pass, warn } = shareLimits(tolerance)
    const figure = `top-1 the same for ${percent(top1Agreement)}`
    // One image that changes its class is a finding, but no proof that the model is broken.
    findings.push(
      finding(
        1 - top1Agreement,
        { pass, warn: Math.max(warn, one) },
        figure,
        (limit) => `${figure} (${percent(1 - limit)} needed)`,
      ),
    )
  }
  if (accuracy != null) {
    const { cosinePass, cosineWarn } = tolerance
    const lost = accuracy.reference - accuracy.candidate
    const limits = { pass: Math.max(1 - cosinePass, one), warn: Math.max(1 - cosineWarn, 2 * one) }
    const figure = `accuracy ${percent(accuracy.candidate)}, FP32 ${percent(accuracy.reference)}`
    findings.push(
      finding(
        Math.max(0, lost),
        limits,
        figure,
        (limit) => `accuracy lower by ${errorText(Math.max(0, lost))} (limit ${errorText(limit)})`,
      ),
    )
  }
  return findings
}

/** Pixels of the model's input that edges may lie to one side. */
const edgeLimits: Limits = { pass: 1, warn: 2.5 }

function boxFindings(detection: DetectionAgreement, tolerance: Tolerance): Finding[] {
  const { agreedShare, worstImage, edgeShiftPixels, scoreScale, meanIou } = detection
  const findings: Finding[] = []
  const value = valueLimits(tolerance)
  if (agreedShare != null) {
    const limits = { pass: 5 * (1 - tolerance.cosinePass), warn: 5 * (1 - tolerance.cosineWarn) }
    const figure = `${percent(agreedShare)} of clear boxes in both`
    findings.push(finding(1 - agreedShare, limits, figure, (limit) => `${figure} (${percent(1 - limit)} needed)`))
  }
  if (worstImage != null) {
    const { image, agreedShare: share, boxCount } = worstImage
    const figure = `${percent(share)} of ${boxCount} clear boxes of image ${image} in both`
    const limits = { pass: 0.5, warn: boxCount > 1 ? 0.5 : 1 }
    findings.push(finding(1 - share, limits, figure, (limit) => `${figure} (${percent(1 - limit)} needed)`))
  }
  if (meanIou !== null) {
    const figure = `mean box IoU ${cut(meanIou, 3)}`
    findings.push(finding(1 - meanIou, value, figure, (limit) => `${figure} (${cut(1 - limit, 3)} needed)`))
  }
  if (edgeShiftPixels != null) {
    const figure = `box edges ${edgeShiftPixels.toFixed(1)} pixels to one side`
    findings.push(finding(edgeShiftPixels, edgeLimits, figure, (limit) => `${figure} (limit ${limit})`))
  }
  if (scoreScale != null) {
    const figure = `scores ${scoreScale.toFixed(3)} times as high`
    findings.push(
      finding(
        scaleDistance(scoreScale),
        scaleLimits(tolerance),
        figure,
        (limit) => `${figure} as the reference’s (limit ±${errorText(limit)})`,
      ),
    )
  }
  return findings
}

/** What each figure may be off by: the largest that passes, and the largest that only warns. */
export function parityLimits(tolerance: Tolerance) {
  return {
    values: valueLimits(tolerance),
    scale: scaleLimits(tolerance),
    variation: variationLimits(tolerance),
    shares: shareLimits(tolerance),
  }
}

function valueLimits({ cosinePass, cosineWarn }: Tolerance): Limits {
  return { pass: Math.sqrt(2 * (1 - cosinePass)), warn: Math.sqrt(2 * (1 - cosineWarn)) }
}

/** Noise leaves the scale where it is, so less is allowed of it than of single values. */
function scaleLimits(tolerance: Tolerance): Limits {
  const { pass, warn } = valueLimits(tolerance)
  return { pass: Math.min(pass, 0.04), warn: Math.min(warn, 0.15) }
}

/** What differs between images is only part of the values, so more; but a constant is off by 1. */
function variationLimits(tolerance: Tolerance): Limits {
  const { pass, warn } = valueLimits(tolerance)
  return { pass: Math.min(2.5 * pass, 0.6), warn: Math.min(2.5 * warn, 0.6) }
}

function shareLimits({ cosinePass, cosineWarn }: Tolerance): Limits {
  return { pass: 1 - cosinePass, warn: 5 * (1 - cosineWarn) }
}

/** @param words given the limit that was crossed, or the one that passes, and whether it passes. */
function finding(
  distance: number,
  { pass, warn }: Limits,
  figure: string,
  words: (limit: number, passes: boolean) => string,
): Finding {
  // The last digit of a difference from 1 is rounding.
  const verdict = distance <= pass + rounding ? 'pass' : distance <= warn + rounding ? 'warn' : 'fail'
  return {
    verdict,
    figure,
    reason: words(verdict === 'fail' ? warn : pass, verdict === 'pass'),
    ofLimit: distance / (verdict === 'fail' ? warn : pass),
  }
}

const rounding = 1e-12

/** Where the head is known, what places without an object say may be anything; and a list may have another order. */
function besideBoxes(each: Finding, judgedBy: DetectionAgreement['judgedBy']): Finding[] {
  if (judgedBy === 'boxes') return []
  if (judgedBy !== 'boxes-first' || each.verdict !== 'fail') return [each]
  return [{ ...each, verdict: 'warn', reason: `${each.reason}; detections decide` }]
}

function nonFiniteReason({ nonFiniteCount, nonFiniteAt }: ParityFigures): string {
  const where = nonFiniteAt ? `, the first in ${nonFiniteAt}` : ''
  return nonFiniteCount === 1
    ? `1 output value is NaN or infinite${where}`
    : `${nonFiniteCount} output values are NaN or infinite${where}`
}

/** `0.021 %`, `18.2 %`, `540 %` */
function errorText(error: number): string {
  if (error === Number.POSITIVE_INFINITY) return 'more than can be said'
  return `${Number((error * 100).toPrecision(error < 1 ? 3 : 2))} %`
}

/** What the model is for, in the same words wherever parity is told; they decide nothing. */
export function taskWords({
  neighbourAgreement,
  top5Agreement,
  detection,
  accuracy,
}: ParityFigures): readonly string[] {
  const words: string[] = []
  if (top5Agreement !== undefined) words.push(`top-5 the same for ${percent(top5Agreement)}`)
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
