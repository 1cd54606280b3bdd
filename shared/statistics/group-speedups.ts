// The speedup of every case of a group over its baseline, or the reason why there is none. Fair comparisons form one
// family: their intervals are Holm-adjusted and say so. A copy of the baseline (an A/A pair) is not a claim but a
// check, outside the family: if its verdict names a winner, every claim of the group is refused. The protocol decides
// how a family is judged: by its number of launches fixed beforehand (1), or by looks (2 and 3,
// sequential-speedups.ts).

import { backendRows } from '../domain/backend.ts'
import type { Interval } from '../domain/figure.ts'
import { type GroupRecord, type ProtocolVersion, type Speedup, usesStarts } from '../domain/run.ts'
import type { SampleBlock } from '../domain/sample-block.ts'
import type { BlocksOf } from './case-summary.ts'
import { holmPlaces } from './holm.ts'
import { type MeasuredLaunches, measuredLaunches } from './measured-launches.ts'
import { isCopyOf } from './noise-floor.ts'
import { minutesPerLaunch, sequentialSpeedups } from './sequential-speedups.ts'
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
const nothingToCompare = 'no round has a block of both'

type GroupEvidence = Pick<GroupRecord, 'baseline' | 'launches'> & { readonly cases: readonly CaseEvidence[] }

/** How a group is judged, besides its samples. */
export interface JudgingRules {
  /** |ratio - 1| that identical code reaches on this machine; null if unknown. */
  readonly noiseFloor: number | null
  readonly protocol: ProtocolVersion
  /** The plan's margin; null in protocol 1. */
  readonly margin: number | null
}

interface Comparison {
  readonly evidence: CaseEvidence
  readonly baselineBlocks: readonly SampleBlock[]
  readonly blocks: readonly SampleBlock[]
  readonly measured: MeasuredLaunches
  readonly refusal: string | null
  /** What limits the claim, besides its interval: that it is from one build of an engine. Null if nothing does. */
  readonly note: string | null
}

type JudgeFamily = (family: readonly Comparison[]) => readonly Judged[]

export function groupSpeedups(
  group: GroupEvidence,
  blocksOf: BlocksOf,
  rules: JudgingRules,
): (caseKey: string) => Speedup {
  const baseline = group.cases.find(({ caseKey }) => caseKey === group.baseline)
  const judgeFair = rules.margin === null ? byFixedLaunches(group, rules) : byLooks(group, rules.margin, rules)
  const judge = withRefusals(group.baseline, judgeFair)
  const compared = group.cases
    .filter(({ caseKey }) => caseKey !== group.baseline)
    .map((evidence) => compare(evidence, baseline, group, blocksOf, rules))
  const isCopy = ({ evidence }: Comparison) => baseline !== undefined && isCopyOf(evidence, baseline)
  const copies = compared.filter(isCopy).flatMap((copy) => judge([copy]))
  const distinguished = copies.find(({ speedup: { verdict } }) => verdict === 'faster' || verdict === 'slower')
  const doubt = distinguished === undefined ? null : identicalPairReason(distinguished.speedup)
  const claims = compared
    .filter((comparison) => doubt !== null || !isCopy(comparison))
    .map((comparison) => ({ ...comparison, refusal: comparison.refusal ?? doubt }))
  const judged = [...(doubt === null ? copies : []), ...judge(claims)]
  const speedups = new Map(judged.map(({ caseKey, speedup }) => [caseKey, speedup]))
  return (caseKey) => speedups.get(caseKey) ?? baselineSpeedup(baseline, group.baseline, rules)
}

function compare(
  evidence: CaseEvidence,
  baseline: CaseEvidence | undefined,
  group: GroupEvidence,
  blocksOf: BlocksOf,
  rules: JudgingRules,
): Comparison {
  const baselineBlocks = baseline === undefined ? [] : blocksOf(baseline.caseKey)
  const blocks = blocksOf(evidence.caseKey)
  const measured = launchesOf(evidence.caseKey, { baseline: baselineBlocks, candidate: blocks }, group, rules)
  const { launches } = measured
  const fewestRounds = launches.length === 0 ? 0 : Math.min(...launches.map((rounds) => rounds.length))
  const fromOneBuild = [evidence, ...(baseline === undefined ? [] : [baseline])].some((entry) =>
    isSingleBuild(entry, group.cases, launches.length),
  )
  const tooFew = rules.margin === null ? roundsRefusal(fewestRounds) : launches.length === 0 ? nothingToCompare : null
  return {
    evidence,
    baselineBlocks,
    blocks,
    measured,
    refusal: refusalReason(evidence, baseline) ?? tooFew,
    note: fromOneBuild ? singleBuildWords : null,
  }
}

/** Of two cases of the group. */
function launchesOf(
  caseKey: string,
  blocks: { readonly baseline: readonly SampleBlock[]; readonly candidate: readonly SampleBlock[] },
  { baseline, launches = [] }: GroupEvidence,
  { protocol }: JudgingRules,
): MeasuredLaunches {
  return measuredLaunches(
    { caseKey: baseline, blocks: blocks.baseline },
    { caseKey, blocks: blocks.candidate },
    usesStarts(protocol) ? launches : null,
  )
}

const headingOf = ({ weights }: CaseEvidence) => (weights === 'seeded' ? timingOnlyHeading : null)

function withRefusals(baseline: string, judge: JudgeFamily): JudgeFamily {
  return (claims) => [
    ...claims.flatMap(({ evidence, refusal }) => {
      if (refusal === null) return []
      const refused = { value: null, interval: null, baseline, verdict: 'refused', reason: refusal } as const
      return [{ caseKey: evidence.caseKey, speedup: { ...refused, heading: headingOf(evidence) } }]
    }),
    ...judge(claims.filter(({ refusal }) => refusal === null)),
  ]
}

// Protocols 2 and 3.

function byLooks(group: GroupEvidence, margin: number, rules: JudgingRules): JudgeFamily {
  const { baseline, launches = [] } = group
  const zone = { margin, noiseFloor: rules.noiseFloor }
  return (family) => {
    const fair = family.map(({ evidence, measured, note, baselineBlocks, blocks }) => {
      const left = undisturbedBlocks(baselineBlocks, blocks)
      return {
        ...measured,
        caseKey: evidence.caseKey,
        heading: headingOf(evidence),
        undisturbed: left && {
          ...launchesOf(evidence.caseKey, left, group, rules),
          roundsLeftOut: left.roundsLeftOut,
        },
        note,
      }
    })
    const judgedBy = { baseline, zone, minutesPerLaunch: minutesPerLaunch(launches) }
    return [...sequentialSpeedups(fair, judgedBy)].map(([caseKey, speedup]) => ({ caseKey, speedup }))
  }
}

// Protocol 1.

interface Judged {
  readonly caseKey: string
  readonly speedup: Speedup
}

function byFixedLaunches({ baseline }: GroupEvidence, { noiseFloor }: JudgingRules): JudgeFamily {
  return (family) => {
    const estimated = family.flatMap((claim) => {
      const estimate = speedupOf(claim.baselineBlocks, claim.blocks)
      return estimate === null ? [] : [{ claim, estimate }]
    })
    const places = holmPlaces(
      estimated.map(({ estimate }) => estimate.pValue),
      familyLevel,
    )
    return estimated.map(({ claim, estimate }, index) => {
      const { level, mayDiffer } = places[index] ?? { level: familyLevel, mayDiffer: true }
      const adjustment = { level, mayDiffer, familySize: estimated.length }
      return withVerdict(claim, estimate, baseline, adjustment, noiseFloor)
    })
  }
}

interface Adjustment {
  readonly level: number
  readonly mayDiffer: boolean
  readonly familySize: number
}

function withVerdict(
  { evidence, baselineBlocks, blocks, note }: Comparison,
  estimate: SpeedupEstimate,
  baseline: string,
  adjustment: Adjustment,
  noiseFloor: number | null,
): Judged {
  const undisturbed = undisturbedSpeedup(baselineBlocks, blocks)
  const interval = intervalOf(estimate, adjustment)
  const verdict = adjustment.mayDiffer ? speedVerdict(estimate.value, interval, noiseFloor) : 'no-difference'
  const words = verdictReason(estimate.value, interval, verdict, noiseFloor)
  const withoutFlagged = undisturbed && {
    value: undisturbed.estimate?.value ?? null,
    interval: undisturbed.estimate && intervalOf(undisturbed.estimate, adjustment),
    roundsLeftOut: undisturbed.roundsLeftOut,
  }
  return {
    caseKey: evidence.caseKey,
    speedup: {
      value: estimate.value,
      interval,
      baseline,
      verdict,
      reason: note === null ? words : `${words}; ${note}`,
      heading: headingOf(evidence),
      ...(withoutFlagged && { withoutFlagged }),
    },
  }
}

function intervalOf(estimate: SpeedupEstimate, { level, familySize }: Adjustment): Interval | null {
  const plain = estimate.intervalAt(level)
  if (plain === null || familySize < 2) return plain
  return { ...plain, method: `${plain.method}, Holm-adjusted over ${familySize} comparisons` }
}

function baselineSpeedup(baseline: CaseEvidence | undefined, key: string, { margin }: JudgingRules): Speedup {
  const heading = baseline === undefined ? null : headingOf(baseline)
  const shared = { interval: null, baseline: key, heading }
  if (baseline?.state === 'completed') {
    const verdict = margin === null ? 'no-difference' : 'same'
    return { ...shared, value: 1, verdict, reason: 'the baseline itself' }
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
  const left = undisturbedBlocks(baselineBlocks, candidateBlocks)
  return left && { estimate: speedupOf(left.baseline, left.candidate), roundsLeftOut: left.roundsLeftOut }
}

function undisturbedBlocks(baselineBlocks: readonly SampleBlock[], candidateBlocks: readonly SampleBlock[]) {
  const flagged = new Set(
    [...baselineBlocks, ...candidateBlocks].filter(({ flags }) => flags.length > 0).map(roundName),
  )
  if (flagged.size === 0) return null
  const undisturbed = (blocks: readonly SampleBlock[]) => blocks.filter((block) => !flagged.has(roundName(block)))
  return {
    baseline: undisturbed(baselineBlocks),
    candidate: undisturbed(candidateBlocks),
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
