// The noise floor from comparisons of a case with itself: the 95th percentile of |ratio - 1|. It is taken at rank 0.95
// (n + 1), so that the next comparison exceeds it with a probability of one in twenty, however few there are: the
// sample's own percentile would be too low for that. Its interval comes from ranks; with fewer than 72 comparisons no
// rank is above it with the usual certainty, so the interval then ends at the largest value and states its actual
// level.
import type { Interval } from '../domain/figure.ts'
import { type AppliedNoiseFloor, fewestComparisons } from '../domain/noise-floor.ts'
import { type CaseRecord, type GroupRecord, hasLooks, type RunRecord } from '../domain/run.ts'
import type { BlocksOf } from './case-summary.ts'
import { median, rangeOf, sortedCopy, valueOfRank } from './descriptive.ts'
import { binomialCdf } from './distributions.ts'
import { binomialRanks } from './order-statistic.ts'
import { floorAfter } from './sequential.ts'
import { logRatiosByLaunch, speedupOf } from './speedup.ts'
import { excludesEquality, refusalReason, roundsRefusal } from './verdict.ts'

export interface FloorEstimate {
  readonly value: number
  readonly interval: Interval
}

const share = 0.95
const level = 0.95

/** @param ratios baseline / copy, one per comparison. Null with fewer than `fewestComparisons`. */
export function estimateNoiseFloor(ratios: readonly number[]): FloorEstimate | null {
  if (ratios.length < fewestComparisons) return null
  const sorted = sortedCopy(ratios.map((ratio) => Math.abs(ratio - 1)))
  const rank = share * (sorted.length + 1)
  const below = valueOfRank(sorted, Math.floor(rank))
  const above = valueOfRank(sorted, Math.min(Math.floor(rank) + 1, sorted.length))
  return { value: below + (above - below) * (rank - Math.floor(rank)), interval: intervalOf(sorted) }
}

function intervalOf(sorted: Float64Array): Interval {
  const count = sorted.length
  const { low, high } = binomialRanks(count, share, level)
  const lowRank = Math.max(1, low)
  const highRank = Math.min(high, count)
  return {
    low: valueOfRank(sorted, lowRank),
    high: valueOfRank(sorted, highRank),
    level: high <= count ? level : coverage(count, lowRank, highRank),
    method: high <= count ? 'order-statistic' : `order-statistic, up to the largest of ${count} comparisons`,
  }
}

/** P(the percentile is between these ranks' values): this many values, or one fewer, are below it. */
function coverage(count: number, lowRank: number, highRank: number): number {
  return binomialCdf(highRank - 1, count, share) - binomialCdf(lowRank - 1, count, share)
}

// The noise floor that a run was judged by, as a number.

/** |ratio - 1| of identical code; null if it was not measured. */
export function floorValue(applied: AppliedNoiseFloor | undefined): number | null {
  return applied !== undefined && 'value' in applied ? applied.value : null
}

/** The floor that judges this record; null if there is none, or only one of runs that were judged otherwise. */
export function judgingFloor({ noiseFloor, protocol }: Pick<RunRecord, 'noiseFloor' | 'protocol'>): number | null {
  const isOfProtocol =
    noiseFloor !== undefined && 'value' in noiseFloor && hasLooks(noiseFloor.protocol) === hasLooks(protocol)
  return isOfProtocol ? noiseFloor.value : null
}

/**
 * What the run as a whole cannot resolve: since protocol 2, the floor after as many launches as its shortest group had.
 * Null if unknown.
 */
export function unresolvedShare(record: Pick<RunRecord, 'noiseFloor' | 'protocol' | 'groups'>): number | null {
  const floor = judgingFloor(record)
  if (!hasLooks(record.protocol)) return floor
  const launches = record.groups.map((group) => group.launches?.length ?? 0)
  const fewest = launches.length === 0 ? 0 : rangeOf(launches).least
  return fewest === 0 ? null : floorAfter(fewest, floor)
}

// What one comparison of a case with itself contributes to a noise floor. Read from samples, not from the summaries: a
// pair that was told apart is refused as a claim, but must count in the floor.

export type IdenticalComparison =
  /** `excludesOne` says whether its interval does; null for a launch since protocol 2, which has none. */
  | { readonly ratio: number; readonly excludesOne: boolean | null }
  /** Why it contributes nothing: no speedup would be shown for it either. */
  | { readonly refused: string }

/** Compares the baseline with its first copy: once, or since protocol 2 once for each launch. */
export function compareIdentical(
  group: Pick<GroupRecord, 'baseline' | 'cases'>,
  blocksOf: BlocksOf,
  protocol: RunRecord['protocol'] = undefined,
): readonly IdenticalComparison[] {
  const baseline = group.cases.find(({ caseKey }) => caseKey === group.baseline)
  const copy = group.cases.find((entry) => baseline !== undefined && entry !== baseline && isCopyOf(entry, baseline))
  if (copy === undefined) return [{ refused: 'no case is listed twice' }]
  const blocks = [blocksOf(group.baseline), blocksOf(copy.caseKey)] as const
  const unfair = refusalReason(copy, baseline)
  if (unfair !== null) return [{ refused: unfair }]
  if (hasLooks(protocol)) {
    return [...logRatiosByLaunch(...blocks).values()].map((rounds) => ({
      ratio: Math.exp(median(rounds)),
      excludesOne: null,
    }))
  }
  const estimate = speedupOf(...blocks)
  const tooFew = roundsRefusal(estimate?.fewestRounds ?? 0)
  if (tooFew !== null || estimate === null) return [{ refused: tooFew ?? 'no round has a block of both' }]
  const interval = estimate.intervalAt(level)
  return [{ ratio: estimate.value, excludesOne: interval !== null && excludesEquality(interval) }]
}

// Whether a case is a copy of another: the same code on the same file with the same options, so that comparing them
// compares a case with itself (an A/A pair).

/** A planned case names its artifact, if it has one; a record knows the file that ran. */
type Identity = Pick<CaseRecord, 'backend' | 'precision' | 'options'> &
  Partial<Pick<CaseRecord, 'artifactSha256'>> & { readonly artifact?: string | object | null | undefined }

export function isCopyOf(left: Identity, right: Identity): boolean {
  return (
    left.backend === right.backend &&
    left.precision === right.precision &&
    fileOf(left) === fileOf(right) &&
    JSON.stringify(sortedEntries(left.options)) === JSON.stringify(sortedEntries(right.options))
  )
}

function fileOf({ artifact, artifactSha256 }: Identity): string | null {
  return typeof artifact === 'string' ? artifact : (artifactSha256 ?? null)
}

function sortedEntries(options: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  return Object.entries(options).sort(([left], [right]) => (left < right ? -1 : 1))
}
