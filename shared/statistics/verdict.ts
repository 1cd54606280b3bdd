// Faster, slower, or no difference shown. A winner is named only if the interval excludes 1 and the ratio is further
// from 1 than the dead zone: 2 %, or the noise floor of this machine if it is known and larger.
import type { Interval } from '../domain/figure.ts'
import type { ParityFinding } from '../domain/parity.ts'
import { precisionLabel } from '../domain/precision.ts'
import type { CaseRecord, Speedup } from '../domain/run.ts'

const smallestClaim = 0.02

/** Above it the floor is so large that the report must mention it. */
export const poorFloor = 0.05

/** Null if the floor is small or unknown. */
export function poorFloorSentence(noiseFloor: number | null): string | null {
  if (noiseFloor === null || noiseFloor <= poorFloor) return null
  return `this machine cannot resolve less than ${(noiseFloor * 100).toFixed(1)} %`
}

export type SpeedVerdict = Extract<Speedup['verdict'], 'faster' | 'slower' | 'no-difference'>

export function deadZone(noiseFloor: number | null): number {
  return Math.max(smallestClaim, noiseFloor ?? 0)
}

export function excludesEquality({ low, high }: Interval): boolean {
  return low > 1 || high < 1
}

export function speedVerdict(ratio: number, interval: Interval | null, noiseFloor: number | null): SpeedVerdict {
  if (interval === null || !excludesEquality(interval)) return 'no-difference'
  if (Math.abs(ratio - 1) <= deadZone(noiseFloor)) return 'no-difference'
  return ratio > 1 ? 'faster' : 'slower'
}

// The reason for a verdict, in words for the user.

export function verdictReason(
  ratio: number,
  interval: Interval | null,
  verdict: SpeedVerdict,
  noiseFloor: number | null,
): string {
  const zone = percent(deadZone(noiseFloor))
  if (interval === null) return 'too few rounds or launches for an interval'
  const range = `${interval.low.toFixed(3)} – ${interval.high.toFixed(3)}`
  const poor = poorFloorSentence(noiseFloor)
  const limit = poor === null ? '' : `; ${poor}`
  if (verdict !== 'no-difference') return `the interval ${range} excludes 1, by more than ${zone}${limit}`
  if (!excludesEquality(interval)) return `the interval ${range} includes 1${limit}`
  if (Math.abs(ratio - 1) <= deadZone(noiseFloor)) return `${ratio.toFixed(3)} × is within ±${zone}${limit}`
  return `the interval ${range} excludes 1, but a clearer comparison of the same group did not`
}

export function identicalPairReason({ value, interval }: Speedup): string {
  const range = interval === null ? '' : ` (${interval.low.toFixed(3)} – ${interval.high.toFixed(3)})`
  return `two copies of the baseline were told apart: ${value?.toFixed(3)} ×${range}, so no difference can be believed`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

// Why no speedup is claimed for a case: the first reason that applies, as a sentence for the user; null if a claim is
// fair. Noise is never a reason. Does not look at how fast anything was.

/** Minimum rounds of one launch for an interval with its stated coverage. */
export const fewestRounds = 12

export type CaseEvidence = Pick<
  CaseRecord,
  | 'caseKey'
  | 'backend'
  | 'precision'
  | 'options'
  | 'precisionProof'
  | 'weights'
  | 'state'
  | 'reason'
  | 'parity'
  | 'steadiness'
  | 'threads'
  | 'artifactSha256'
>

/** @param baseline undefined if the group's baseline is not among its cases. */
export function refusalReason(candidate: CaseEvidence, baseline: CaseEvidence | undefined): string | null {
  return (
    incomplete(candidate) ??
    baselineProblem(baseline) ??
    unproved(candidate) ??
    outputsRefusal(candidate) ??
    unequalThreads(candidate, baseline) ??
    unsteady(candidate, '') ??
    (baseline === undefined ? null : unsteady(baseline, 'the baseline: '))
  )
}

/** Why no figure of a case should decide anything, whatever it is compared with; null if nothing is wrong. */
export function unsoundReason(entry: CaseEvidence): string | null {
  return incomplete(entry) ?? unproved(entry) ?? unsteady(entry, '')
}

export function roundsRefusal(measuredRounds: number): string | null {
  return measuredRounds < fewestRounds ? `too few rounds: ${measuredRounds} of at least ${fewestRounds}` : null
}

function incomplete({ state, reason }: CaseEvidence): string | null {
  return state === 'completed' ? null : `the case did not complete (${state})${reason === null ? '' : `: ${reason}`}`
}

function baselineProblem(baseline: CaseEvidence | undefined): string | null {
  if (baseline === undefined) return 'the baseline is missing'
  if (baseline.state !== 'completed') return `the baseline, ${baseline.caseKey}, did not complete (${baseline.state})`
  const proof = unproved(baseline)
  return proof === null ? null : `the baseline, ${baseline.caseKey}: ${proof}`
}

function unproved({ precision, precisionProof }: CaseEvidence): string | null {
  if (precisionProof === null) return `${precisionLabel(precision)} was not proved`
  return precisionProof.holds ? null : `${precisionProof.label}: no ${precisionLabel(precision)} speedup`
}

type ComparedOutputs = Pick<CaseEvidence, 'backend' | 'weights' | 'parity'>

/** What comparing its outputs says against a speedup; null if nothing. */
function outputsRefusal(candidate: ComparedOutputs): string | null {
  return parityProblem(candidate) ?? unequalShapes(candidate)
}

/** What is told of a case's outputs once they were compared, before the group is summarised. */
export function parityFinding(entry: ComparedOutputs & Pick<CaseEvidence, 'caseKey'>, baseline: string): ParityFinding {
  const { verdict, reason, decidedBy } = entry.parity
  return {
    verdict,
    reason,
    ...(decidedBy !== undefined && { decidedBy }),
    refusal: entry.caseKey === baseline ? null : outputsRefusal(entry),
  }
}

/** Seeded and simulated cases are timed without being judged, and say so wherever they are shown. */
function parityProblem({ backend, weights, parity }: ComparedOutputs): string | null {
  if (parity.verdict === 'fail') return `parity failed: ${parity.reason}`
  const isTimingOnly = backend === 'simulated' || weights === 'seeded'
  return parity.verdict === 'not-judged' && !isTimingOnly ? `parity was not judged: ${parity.reason}` : null
}

/** Found when outputs are compared, whether or not parity is judged: other shapes are other work. */
function unequalShapes({ parity: { figures } }: Pick<CaseEvidence, 'parity'>): string | null {
  if (figures === null || figures.cosineSimilarity !== null || figures.nonFiniteCount > 0) return null
  return 'the outputs have other shapes than the baseline’s'
}

function unequalThreads(candidate: CaseEvidence, baseline: CaseEvidence | undefined): string | null {
  const own = candidate.threads
  const other = baseline?.threads ?? null
  if (own === null || other === null || own === other) return null
  return `thread counts differ: ${own} here, ${other} for the baseline`
}

function unsteady({ steadiness }: CaseEvidence, whose: string): string | null {
  const failed = steadiness.find(({ verdict }) => verdict === 'no-steady-state')
  return failed === undefined ? null : `${whose}no steady state: ${failed.reason}`
}
