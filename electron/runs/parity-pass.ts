// Holds every case's outputs, as its worker wrote them outside the timed loop, against those of the group's baseline on
// the same inputs; where the model has labels, counts how many images each got right. A case that disagrees is not
// failed by this: its verdict says so, and the summary refuses its speedup.
import { BenchError } from '../../shared/domain/bench-error.ts'
import { measured } from '../../shared/domain/figure.ts'
import type { ModelManifest, WeightsOrigin } from '../../shared/domain/model.ts'
import type { Parity } from '../../shared/domain/parity.ts'
import type { OutputArray } from '../../shared/statistics/compare-outputs.ts'
import { correctShare } from '../../shared/statistics/correct-share.ts'
import { outputRows } from '../../shared/statistics/output-rows.ts'
import { judgeParity, seededParityReason } from '../../shared/statistics/parity.ts'
import { type ImageFacts, parityFiguresOf } from '../../shared/statistics/parity-figures.ts'
import { outputArrays } from '../inputs/output-arrays.ts'
import type { CaseTrial } from './case-trial.ts'
import { caseWeights } from './case-weights.ts'
import { judgedImages, type RunImages } from './judged-images.ts'

export interface ParityPass {
  readonly trials: readonly CaseTrial[]
  /** caseKey of the reference. */
  readonly baseline: string
  readonly manifest: ModelManifest
  readonly weights: WeightsOrigin
  readonly images: RunImages
  readonly caseChanged: (trial: CaseTrial) => void
  readonly signal: AbortSignal
}

export async function parityPass(pass: ParityPass): Promise<void> {
  const reference = pass.trials.find((trial) => trial.caseKey === pass.baseline)
  const expected = reference === undefined ? null : await outputsOf(pass, reference)
  for (const trial of pass.trials) {
    pass.signal.throwIfAborted()
    const outputs = trial === reference ? expected : await outputsOf(pass, trial)
    if (outputs !== null) await orFail(pass, trial, async () => judge(pass, trial, outputs, expected))
  }
}

/** Null where there are none to compare: the case has failed, or computes nothing. */
async function outputsOf(pass: ParityPass, trial: CaseTrial): Promise<readonly OutputArray[] | null> {
  if (!trial.isGoing) return null
  if (trial.candidate.backend !== 'simulated') {
    const { outputs } = trial
    return outputs === null ? null : orFail(pass, trial, () => outputArrays(pass.manifest, outputs))
  }
  trial.parity = notJudged('simulated: nothing was computed')
  return null
}

/** Outputs that cannot be used are the case's own failure. */
async function orFail<Result>(
  { caseChanged }: ParityPass,
  trial: CaseTrial,
  step: () => Promise<Result>,
): Promise<Result | null> {
  try {
    return await step()
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    if (trial.fail(error.record)) caseChanged(trial)
    return null
  }
}

function judge(
  pass: ParityPass,
  trial: CaseTrial,
  outputs: readonly OutputArray[],
  expected: readonly OutputArray[] | null,
): void {
  trial.parity = parityOf(pass, trial, outputs, expected)
  const { labels } = pass.images
  if (labels !== null) trial.accuracy = measured(accuracyOf(trial, outputs[0], labels))
}

function parityOf(
  { baseline, trials, manifest, weights, images }: ParityPass,
  trial: CaseTrial,
  outputs: readonly OutputArray[],
  expected: readonly OutputArray[] | null,
): Parity {
  const reference = trials.find((candidate) => candidate.caseKey === baseline)
  if (reference?.candidate.precision !== 'fp32') return notJudged('no FP32 case ran to hold it against')
  if (trial === reference) {
    const verdict = weights === 'seeded' ? 'not-judged' : 'pass'
    const reason = weights === 'seeded' ? seededParityReason : 'reference'
    return { verdict, reason, figures: null, reference: null }
  }
  if (expected === null) return notJudged('the reference case has no outputs')
  const { rows, aside } = judgedImages(trial, images)
  const figures =
    rows === null
      ? parityFiguresOf(manifest, expected, outputs, images)
      : parityFiguresOf(manifest, outputRows(expected, rows), outputRows(outputs, rows), factsOf(images, rows))
  const tolerance = manifest.parityTolerance[trial.candidate.precision] ?? null
  // Where either has random weights, they agree or disagree without meaning.
  const { verdict, reason } = judgeParity(
    figures,
    tolerance,
    weights === 'seeded' ? weights : caseWeights(trial, weights),
  )
  return { verdict, reason: `${reason}${aside}`, figures, reference: baseline }
}

function factsOf({ photographs, labels }: ImageFacts, rows: readonly number[]): ImageFacts {
  return {
    photographs: photographs?.filter((_, row) => rows.includes(row)) ?? null,
    labels: labels?.filter((_, row) => rows.includes(row)) ?? null,
  }
}

function notJudged(reason: string): Parity {
  return { verdict: 'not-judged', reason, figures: null, reference: null }
}

function accuracyOf({ caseKey }: CaseTrial, scores: OutputArray | undefined, labels: readonly number[]): number {
  const [imageCount = 0, ...rest] = scores?.shape ?? []
  if (scores !== undefined && rest.length === 1 && imageCount === labels.length)
    return correctShare(scores.values, labels)
  throw new BenchError({
    code: 'input-mismatch',
    stage: 'parity',
    message: `${caseKey} answered for ${imageCount} images where ${labels.length} have labels.`,
    remedy: 'Restore the files that ship with the model.',
  })
}
