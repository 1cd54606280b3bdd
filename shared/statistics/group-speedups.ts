// The speedup of every case of a group over its baseline, or the reason why there is none. Fair comparisons form one
// family: their intervals are Holm-adjusted and say so. A copy of the baseline (an A/A pair) is not a claim but a
// check, outside the family: if its verdict names a winner, every claim of the group is refused.

import { backendRows } from '../domain/backend.ts'
import type { Interval } from '../domain/figure.ts'
import type { GroupRecord, Speedup } from '../domain/run.ts'
import type { SampleBlock } from '../domain/sample-block.ts'
import type { BlocksOf } from './case-summary.ts'
import { holmPlaces } from './holm.ts'
import { isCopyOf } from './noise-floor.ts'
import { type SpeedupEstimate, speedupOf } from './speedup.ts'
import {
  type CaseEvidence,
  identicalPairReason,
  refusalReason,
  roundsRefusal,
  speedVerdict,
  verdictReason,
} from './verdict.ts'

const familyLevel = 0.95
export const timingOnlyHeading = 'timing only, predictions not judged'

type GroupEvidence = Pick<GroupRecord, 'baseline'> & { readonly cases: readonly CaseEvidence[] }

interface Comparison {
  readonly evidence: CaseEvidence
  readonly estimate: SpeedupEstimate | null
  readonly refusal: string | null
  /** Null if no block of either was flagged. */
  readonly undisturbed: UndisturbedEstimate | null
  /** Build of the candidate's engine or of the baseline's. */
  readonly isSingleBuild: boolean
}

export function groupSpeedups(
  group: GroupEvidence,
  blocksOf: BlocksOf,
  noiseFloor: number | null,
): (caseKey: string) => Speedup {
  const baseline = group.cases.find(({ caseKey }) => caseKey === group.baseline)
  const compared = group.cases
    .filter(({ caseKey }) => caseKey !== group.baseline)
    .map((evidence) => compare(evidence, baseline, group.cases, blocksOf))
  const isCopy = ({ evidence }: Comparison) => baseline !== undefined && isCopyOf(evidence, baseline)
  const copies = compared.filter(isCopy).map((copy) => withVerdict(copy, group.baseline, null, noiseFloor))
  const distinguished = copies.find(({ speedup: { verdict } }) => verdict === 'faster' || verdict === 'slower')
  const doubt = distinguished === undefined ? null : identicalPairReason(distinguished.speedup)
  const claims = compared
    .filter((comparison) => doubt !== null || !isCopy(comparison))
    .map((comparison) => ({ ...comparison, refusal: comparison.refusal ?? doubt }))
  const judged = [...(doubt === null ? copies : []), ...judgeFamily(claims, group.baseline, noiseFloor)]
  const speedups = new Map(judged.map(({ caseKey, speedup }) => [caseKey, speedup]))
  return (caseKey) => speedups.get(caseKey) ?? baselineSpeedup(baseline, group.baseline)
}

function compare(
  evidence: CaseEvidence,
  baseline: CaseEvidence | undefined,
  cases: readonly CaseEvidence[],
  blocksOf: BlocksOf,
): Comparison {
  const baselineBlocks = baseline === undefined ? [] : blocksOf(baseline.caseKey)
  const blocks = blocksOf(evidence.caseKey)
  const estimate = speedupOf(baselineBlocks, blocks)
  const refusal = refusalReason(evidence, baseline) ?? roundsRefusal(estimate?.fewestRounds ?? 0)
  const launches = estimate?.launchCount ?? 0
  return {
    evidence,
    estimate,
    refusal,
    undisturbed: undisturbedSpeedup(baselineBlocks, blocks),
    isSingleBuild: [evidence, ...(baseline === undefined ? [] : [baseline])].some((entry) =>
      isSingleBuild(entry, cases, launches),
    ),
  }
}

interface Judged {
  readonly caseKey: string
  readonly speedup: Speedup
}

function judgeFamily(claims: readonly Comparison[], baseline: string, noiseFloor: number | null): readonly Judged[] {
  const family = claims.filter(({ refusal }) => refusal === null)
  const places = holmPlaces(
    family.map(({ estimate }) => estimate?.pValue ?? 1),
    familyLevel,
  )
  return claims.map((claim) => {
    const place = places[family.indexOf(claim)]
    const adjusted = place === undefined ? null : { ...place, familySize: family.length }
    return withVerdict(claim, baseline, adjusted, noiseFloor)
  })
}

interface Adjustment {
  readonly level: number
  readonly mayDiffer: boolean
  readonly familySize: number
}

function withVerdict(
  { evidence, estimate, refusal, undisturbed, isSingleBuild: fromOneBuild }: Comparison,
  baseline: string,
  adjustment: Adjustment | null,
  noiseFloor: number | null,
): Judged {
  const { caseKey } = evidence
  const heading = evidence.weights === 'seeded' ? timingOnlyHeading : null
  if (estimate === null || refusal !== null) {
    const reason = refusal ?? 'no round has a block of both'
    return { caseKey, speedup: { value: null, interval: null, baseline, verdict: 'refused', reason, heading } }
  }
  const interval = intervalOf(estimate, adjustment)
  const verdict = adjustment?.mayDiffer === false ? 'no-difference' : speedVerdict(estimate.value, interval, noiseFloor)
  const words = verdictReason(estimate.value, interval, verdict, noiseFloor)
  const reason = fromOneBuild ? `${words}; ${singleBuildWords}` : words
  const withoutFlagged = undisturbed && {
    value: undisturbed.estimate?.value ?? null,
    interval: undisturbed.estimate && intervalOf(undisturbed.estimate, adjustment),
    roundsLeftOut: undisturbed.roundsLeftOut,
  }
  return {
    caseKey,
    speedup: {
      value: estimate.value,
      interval,
      baseline,
      verdict,
      reason,
      heading,
      ...(withoutFlagged && { withoutFlagged }),
    },
  }
}

function intervalOf(estimate: SpeedupEstimate, adjustment: Adjustment | null): Interval | null {
  const plain = estimate.intervalAt(adjustment?.level ?? familyLevel)
  if (plain === null || adjustment === null || adjustment.familySize < 2) return plain
  return { ...plain, method: `${plain.method}, Holm-adjusted over ${adjustment.familySize} comparisons` }
}

function baselineSpeedup(baseline: CaseEvidence | undefined, key: string): Speedup {
  const heading = baseline?.weights === 'seeded' ? timingOnlyHeading : null
  const shared = { interval: null, baseline: key, heading }
  if (baseline?.state === 'completed') {
    return { ...shared, value: 1, verdict: 'no-difference', reason: 'the baseline itself' }
  }
  return { ...shared, value: null, verdict: 'refused', reason: 'the baseline did not complete' }
}

// The speedup without the rounds in which either case was disturbed, shown next to the one with all rounds. A round is
// left out as a whole: half a pair compares nothing. It never replaces the headline.

export interface UndisturbedEstimate {
  /** Null if no round is left. */
  readonly estimate: SpeedupEstimate | null
  readonly roundsLeftOut: number
}

/** Null if no block of either was flagged. */
export function undisturbedSpeedup(
  baselineBlocks: readonly SampleBlock[],
  candidateBlocks: readonly SampleBlock[],
): UndisturbedEstimate | null {
  const flagged = new Set(
    [...baselineBlocks, ...candidateBlocks].filter(({ flags }) => flags.length > 0).map(roundName),
  )
  if (flagged.size === 0) return null
  const undisturbed = (blocks: readonly SampleBlock[]) => blocks.filter((block) => !flagged.has(roundName(block)))
  return {
    estimate: speedupOf(undisturbed(baselineBlocks), undisturbed(candidateBlocks)),
    roundsLeftOut: flagged.size,
  }
}

function roundName({ launch, round }: SampleBlock): string {
  return `${launch}/${round}`
}

// Whether a comparison depends on one build of an engine. Builders choose kernels by timing them, so the next build of
// the same engine may be faster or slower. An engine from a file is the same build in every launch; one compiled while
// it is loaded is built again in each.

export const singleBuildWords = 'from one build: builds of the same engine differ'

type Built = Pick<CaseEvidence, 'backend' | 'precision' | 'artifactSha256'>

/** @param others of the same group: another build of the same engine among them shows how much builds differ. */
export function isSingleBuild(entry: Built, others: readonly Built[], launchCount: number): boolean {
  const hasSibling = others.some(
    ({ backend, precision, artifactSha256 }) =>
      backend === entry.backend && precision === entry.precision && artifactSha256 !== entry.artifactSha256,
  )
  if (hasSibling) return false
  const { engineBuild } = backendRows[entry.backend]
  return engineBuild === 'from-file' || (engineBuild === 'at-load' && launchCount === 1)
}

// The spread between builds of one engine: a builder chooses by timing, so a figure of one build describes only that
// build. For speedups and times alike; at least two of them.

/** `between builds: 1.92–2.01 ×`; null for fewer than two. */
export function buildSpread(speedups: readonly number[]): string | null {
  return speedups.length < 2 ? null : `between builds: ${rangeText(speedups, 2)} ×`
}

/** `1.92–2.01`, or one number if they round to the same. */
export function rangeText(values: readonly number[], decimals: number): string {
  const low = Math.min(...values).toFixed(decimals)
  const high = Math.max(...values).toFixed(decimals)
  return low === high ? low : `${low}–${high}`
}
