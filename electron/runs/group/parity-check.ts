// Compares every case's outputs, which its worker wrote outside the timed loop, with those of the group's baseline on the
// same inputs; if the model has labels, counts how many images each case got right. A case that disagrees does not fail:
// its verdict says so, and the summary refuses its speedup. In a run this happens once, right after the first launch, and
// before any speed of a case is told; what is told then is what the record will say.
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { measured } from '../../../shared/domain/figure.ts'
import type { ModelManifest, WeightsOrigin } from '../../../shared/domain/model.ts'
import type { Parity } from '../../../shared/domain/parity.ts'
import { correctShare } from '../../../shared/statistics/compare-outputs.ts'
import { type OutputArray, outputRows } from '../../../shared/statistics/output-array.ts'
import { judgeParity, seededParityReason } from '../../../shared/statistics/parity.ts'
import { type ImageFacts, parityFiguresOf } from '../../../shared/statistics/parity-figures.ts'
import { parityFinding } from '../../../shared/statistics/verdict.ts'
import { outputArrays } from '../../inputs/output-arrays.ts'
import { shippedSource } from '../../inputs/prepared-inputs.ts'
import type { GroupJob, RunJob } from '../session/run-dependencies.ts'
import { interimFigures } from './group-record.ts'
import { caseWeights, type RunCase, recordedWeights } from './run-case.ts'

/** A case whose outputs cannot be used has failed when this resolves. */
export async function compareOutputs(
  job: RunJob,
  { group, inputs }: Pick<GroupJob, 'group' | 'inputs'>,
  runCases: readonly RunCase[],
): Promise<void> {
  const { recorder, manifest, signal } = job
  const { groupKey, baseline } = group
  const weights = inputs.weights.origin
  if (!runCases.some(({ isGoing }) => isGoing)) return
  recorder.stage('parity', groupKey, null, null, 'Comparing outputs with the reference')
  await checkParity({
    runCases,
    baseline,
    manifest,
    weights,
    images: inputs,
    caseChanged: (runCase) => recorder.caseChanged(groupKey, runCase),
    signal,
  })
  for (const runCase of runCases) {
    if (!runCase.isGoing) continue
    const { caseKey, candidate, parity } = runCase
    const compared = { caseKey, backend: candidate.backend, weights: recordedWeights(runCase, weights), parity }
    runCase.parityFinding = parityFinding(compared, baseline)
  }
  tellParity(job, group, runCases)
}

/** With the figures that may be shown from now on. */
export function tellParity(
  { recorder }: Pick<RunJob, 'recorder'>,
  { groupKey, baseline }: Pick<GroupJob['group'], 'groupKey' | 'baseline'>,
  runCases: readonly RunCase[],
): void {
  const judged = runCases.flatMap(({ caseKey, parityFinding: finding }) =>
    finding ? [[caseKey, finding] as const] : [],
  )
  recorder.tell({
    kind: 'parity-judged',
    groupKey,
    parities: Object.fromEntries(judged),
    interim: interimFigures(runCases, baseline),
  })
}

export interface ParityCheck {
  readonly runCases: readonly RunCase[]
  /** caseKey of the reference. */
  readonly baseline: string
  readonly manifest: ModelManifest
  readonly weights: WeightsOrigin
  readonly images: RunImages
  readonly caseChanged: (runCase: RunCase) => void
  readonly signal: AbortSignal
}

export async function checkParity(check: ParityCheck): Promise<void> {
  const reference = check.runCases.find((runCase) => runCase.caseKey === check.baseline)
  const expected = reference === undefined ? null : await outputsOf(check, reference)
  for (const runCase of check.runCases) {
    check.signal.throwIfAborted()
    const outputs = runCase === reference ? expected : await outputsOf(check, runCase)
    if (outputs !== null) await orFail(check, runCase, async () => judge(check, runCase, outputs, expected))
  }
}

/** Null when there are none to compare: the case has failed, or computes nothing. */
async function outputsOf(check: ParityCheck, runCase: RunCase): Promise<readonly OutputArray[] | null> {
  if (!runCase.isGoing) return null
  if (runCase.candidate.backend !== 'simulated') {
    const { outputs } = runCase
    return outputs === null ? null : orFail(check, runCase, () => outputArrays(check.manifest, outputs))
  }
  runCase.parity = notJudged('simulated: nothing was computed')
  return null
}

/** Unusable outputs fail only their own case. */
async function orFail<Result>(
  { caseChanged }: ParityCheck,
  runCase: RunCase,
  step: () => Promise<Result>,
): Promise<Result | null> {
  try {
    return await step()
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    if (runCase.fail(error.record)) caseChanged(runCase)
    return null
  }
}

function judge(
  check: ParityCheck,
  runCase: RunCase,
  outputs: readonly OutputArray[],
  expected: readonly OutputArray[] | null,
): void {
  runCase.parity = parityOf(check, runCase, outputs, expected)
  const { labels } = check.images
  if (labels !== null) runCase.accuracy = measured(accuracyOf(runCase, outputs[0], labels))
}

function parityOf(
  { baseline, runCases, manifest, weights, images }: ParityCheck,
  runCase: RunCase,
  outputs: readonly OutputArray[],
  expected: readonly OutputArray[] | null,
): Parity {
  const reference = runCases.find((candidate) => candidate.caseKey === baseline)
  if (reference?.candidate.precision !== 'fp32') return notJudged('no FP32 case ran to compare it with')
  if (runCase === reference) {
    const verdict = weights === 'seeded' ? 'not-judged' : 'pass'
    const reason = weights === 'seeded' ? seededParityReason : 'reference'
    return { verdict, reason, figures: null, reference: null }
  }
  if (expected === null) return notJudged('the reference case has no outputs')
  const { rows, aside } = judgedImages(runCase, images)
  const figures =
    rows === null
      ? parityFiguresOf(manifest, expected, outputs, images)
      : parityFiguresOf(manifest, outputRows(expected, rows), outputRows(outputs, rows), factsOf(images, rows))
  const tolerance = manifest.parityTolerance[runCase.candidate.precision] ?? null
  // Where either has random weights, they agree or disagree without meaning.
  const { reason, ...judged } = judgeParity(
    figures,
    tolerance,
    weights === 'seeded' ? weights : caseWeights(runCase, weights),
  )
  return { ...judged, reason: `${reason}${aside}`, figures, reference: baseline }
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

function accuracyOf({ caseKey }: RunCase, scores: OutputArray | undefined, labels: readonly number[]): number {
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

interface RunImages extends ImageFacts {
  readonly images: { readonly source: string }
  /** Of the shipped photographs, those that conversions calibrate on. */
  readonly calibrationPhotographs: ReadonlySet<string>
}

interface JudgedImages {
  /** Indexes of images; null for all. */
  readonly rows: readonly number[] | null
  /** Said after the verdict; empty where there is nothing to say. */
  readonly aside: string
}

/**
 * Which images of a run judge a case: all, except those that an INT8 file was calibrated on. These are known only for
 * the shipped photographs; for a folder, the verdict says that the run reads the same one.
 */
function judgedImages({ artifact }: Pick<RunCase, 'artifact'>, run: RunImages): JudgedImages {
  const source = artifact?.calibration?.source
  if (source === undefined || source !== run.images.source) return { rows: null, aside: '' }
  if (source !== shippedSource || run.photographs === null) {
    return { rows: null, aside: '; it was calibrated on images of the same folder' }
  }
  const rows = run.photographs.flatMap((photograph, row) => (run.calibrationPhotographs.has(photograph) ? [] : [row]))
  if (rows.length === 0) return { rows: null, aside: '; it was calibrated on these same images' }
  return rows.length === run.photographs.length
    ? { rows: null, aside: '' }
    : { rows, aside: '; images that it was calibrated on are left out' }
}
