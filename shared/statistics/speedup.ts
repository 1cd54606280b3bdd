// How many times faster a candidate is than the baseline. For each round that both measured: ln(median of the
// baseline's block / median of the candidate's block). One launch: exp of the Hodges-Lehmann estimate, with Wilcoxon's
// signed-rank interval, labelled as valid within one launch. Several: exp of the mean of the launches' estimates, with
// Student's t over launches, because a launch shifts all of its rounds together. Does not judge whether the comparison
// is fair.
import type { Interval } from '../domain/figure.ts'
import type { SampleBlock } from '../domain/sample-block.ts'
import { blockMedianMs } from './case-summary.ts'
import { mean } from './descriptive.ts'
import { studentInterval, studentPValue } from './distributions.ts'
import { hodgesLehmann, signedRankInterval, signedRankPValue } from './wilcoxon.ts'

export interface SpeedupEstimate {
  /** Baseline / candidate; above 1 is faster. */
  readonly value: number
  /** Two-sided p of both being equally fast. */
  readonly pValue: number
  /** Number of rounds that both measured, in the launch with the fewest. */
  readonly fewestRounds: number
  readonly launchCount: number
  /** Null if there are too few rounds or launches for this level. */
  intervalAt(level: number): Interval | null
}

/** Null if no round has a block of both. */
export function speedupOf(
  baselineBlocks: readonly SampleBlock[],
  candidateBlocks: readonly SampleBlock[],
): SpeedupEstimate | null {
  const launches = [...logRatiosByLaunch(baselineBlocks, candidateBlocks).values()]
  const [first] = launches
  if (first === undefined) return null
  return launches.length === 1 ? withinLaunch(first) : overLaunches(launches)
}

function withinLaunch(logRatios: readonly number[]): SpeedupEstimate {
  return {
    value: Math.exp(hodgesLehmann(logRatios)),
    pValue: signedRankPValue(logRatios),
    fewestRounds: logRatios.length,
    launchCount: 1,
    intervalAt: (level) =>
      ratioInterval(signedRankInterval(logRatios, level), level, 'wilcoxon-signed-rank, within one launch'),
  }
}

function overLaunches(launches: readonly (readonly number[])[]): SpeedupEstimate {
  const estimates = launches.map(hodgesLehmann)
  return {
    value: Math.exp(mean(estimates)),
    pValue: studentPValue(estimates),
    fewestRounds: Math.min(...launches.map((logRatios) => logRatios.length)),
    launchCount: launches.length,
    intervalAt: (level) =>
      ratioInterval(studentInterval(estimates, level), level, `student-t over ${launches.length} launches`),
  }
}

function ratioInterval(interval: { low: number; high: number } | null, level: number, method: string): Interval | null {
  return interval === null ? null : { low: Math.exp(interval.low), high: Math.exp(interval.high), level, method }
}

/** ln(baseline block / candidate block) of every round that both measured, by launch. */
export function logRatiosByLaunch(
  baselineBlocks: readonly SampleBlock[],
  candidateBlocks: readonly SampleBlock[],
): ReadonlyMap<number, readonly number[]> {
  const baselineMedians = new Map(baselineBlocks.map((block) => [roundName(block), blockMedianMs(block)]))
  const launches = new Map<number, number[]>()
  for (const block of candidateBlocks) {
    const baselineMs = baselineMedians.get(roundName(block)) ?? null
    const candidateMs = blockMedianMs(block)
    if (baselineMs === null || candidateMs === null) continue
    const logRatios = launches.get(block.launch) ?? []
    logRatios.push(Math.log(baselineMs / candidateMs))
    launches.set(block.launch, logRatios)
  }
  return launches
}

function roundName({ launch, round }: SampleBlock): string {
  return `${launch}/${round}`
}
