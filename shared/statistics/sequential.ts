// Protocol 2: a group is measured in launches of few rounds, and after some launches it is looked at. At a look each
// comparison is faster, slower, the same within the margin, or undecided. Launches end when all are decided or the
// preset's budget is used up; the levels belong to all looks together, so a run that ended undecided can go on later.
// One estimand throughout: the median of ln(baseline block / candidate block) over the rounds of a launch, and its mean
// over launches, with Student's t. Several comparisons are Holm-adjusted at every look. Does not judge whether a
// comparison is fair.
import type { Interval } from '../domain/figure.ts'
import type { Decision, Look, PathPoint } from '../domain/run.ts'
import { mean, median, sortedCopy, standardDeviation, valueOfRank } from './descriptive.ts'
import { studentInterval, studentQuantile, studentTail } from './distributions.ts'
import { holmPlaces } from './holm.ts'
import { binomialRanks } from './order-statistic.ts'

export interface SequentialDesign {
  readonly roundsPerLaunch: number
  /** If no second launch fits the budget, the first goes on to this many rounds. */
  readonly roundsOfOnlyLaunch: number
  /**
   * After how many launches to look, and `tail`: the two-sided error of one comparison at this look. All looks together
   * err in 5 %: simulated in test/shared/statistics/sequential.long.test.ts.
   */
  readonly looks: readonly { readonly launches: number; readonly tail: number }[]
  /** Before the first look, and without a noise floor, a winner must differ from 1 by more than this. */
  readonly earlyDeadZone: number
}

export const sequentialDesign: SequentialDesign = {
  roundsPerLaunch: 4,
  roundsOfOnlyLaunch: 12,
  looks: [
    { launches: 5, tail: 0.012 },
    { launches: 8, tail: 0.014 },
    { launches: 12, tail: 0.016 },
    { launches: 20, tail: 0.016 },
    { launches: 32, tail: 0.016 },
  ],
  earlyDeadZone: 0.08,
}

/** Probability that, of identical code, any look of a whole group names a winner. */
const familyTail = 0.05

/** One candidate of a group over its launches so far. */
export interface ComparedLaunches {
  readonly caseKey: string
  /** ln(baseline block / candidate block) of each round, by launch, in order. */
  readonly launches: readonly (readonly number[])[]
  /**
   * A copy of the baseline: a check, not a claim. It is outside the family of comparisons, and the group need not wait
   * until it is decided.
   */
  readonly isControl?: boolean
}

export interface Zone {
  /** The plan's margin: 0.02 is 2 %. */
  readonly margin: number
  /** |ratio - 1| that identical code reaches on this machine; null if unknown. */
  readonly noiseFloor: number | null
}

export interface JudgedComparison {
  readonly caseKey: string
  readonly verdict: Decision
  /** Baseline / candidate; above 1 is faster. Over all launches so far, or those of the latest look. */
  readonly value: number
  /** Null if one launch has too few rounds. */
  readonly interval: Interval | null
  /** How far from 1 the ratio may be and still count as the same; a winner is further away. */
  readonly margin: number
  /** Number of launches that the verdict is from. */
  readonly launches: number
}

export interface GroupJudgement {
  /** In the order given, without comparisons that have no launch. */
  readonly comparisons: readonly JudgedComparison[]
  /** Every comparison except controls is decided at a look. */
  readonly isDecided: boolean
}

/** What the latest look says; before the first look, what the few launches allow. Call it after every launch. */
export function judgeLaunches(
  compared: readonly ComparedLaunches[],
  zone: Zone,
  design: SequentialDesign = sequentialDesign,
): GroupJudgement {
  const samples = compared.filter(({ launches }) => launches.length > 0).map((each) => sampleOf(each, design))
  const claims = samples.filter(({ isControl }) => !isControl)
  const shares = new Map([...familyShares(claims, zone), ...samples.filter(({ isControl }) => isControl).map(whole)])
  const comparisons = samples.map((sample) => judged(sample, shares.get(sample) ?? alone, zone, design))
  const isDecided =
    claims.length > 0 &&
    claims.every(
      ({ caseKey, isEarly }) =>
        !isEarly && comparisons.find((each) => each.caseKey === caseKey)?.verdict !== 'undecided',
    )
  return { comparisons, isDecided }
}

/** What every look so far said, by caseKey. */
export function looksOf(
  compared: readonly ComparedLaunches[],
  zone: Zone,
  design: SequentialDesign = sequentialDesign,
): ReadonlyMap<string, readonly Look[]> {
  const looks = new Map<string, Look[]>(compared.map(({ caseKey }) => [caseKey, []]))
  for (const { launches } of design.looks) {
    const reached = compared
      .filter((each) => each.launches.length >= launches)
      .map((each) => ({ ...each, launches: each.launches.slice(0, launches) }))
    for (const { caseKey, value, interval, verdict } of judgeLaunches(reached, zone, design).comparisons) {
      looks.get(caseKey)?.push({ launches, value, interval, verdict })
    }
  }
  return looks
}

/** The interval after each launch from the second on, each at the level of the latest look, without Holm's adjustment. */
export function intervalPath(
  launches: readonly (readonly number[])[],
  design: SequentialDesign = sequentialDesign,
): readonly PathPoint[] {
  const logRatios = launches.map(median)
  return logRatios.slice(1).flatMap((_, index) => {
    const soFar = logRatios.slice(0, index + 2)
    const interval = studentInterval(soFar, 1 - tailAfter(soFar.length, design))
    if (interval === null) return []
    const [value, low, high] = [mean(soFar), interval.low, interval.high].map(Math.exp) as [number, number, number]
    return [{ launches: soFar.length, value, low, high }]
  })
}

/**
 * Launches until the next look that would decide, if the ratio and its scatter stay as they are; null if there is no
 * such look, or too few launches to tell.
 */
export function furtherLaunches(
  launches: readonly (readonly number[])[],
  zone: Zone,
  design: SequentialDesign = sequentialDesign,
): number | null {
  if (launches.length < 2) return null
  const logRatios = launches.map(median)
  const [centre, deviation] = [mean(logRatios), standardDeviation(logRatios)]
  const deciding = design.looks.find((look) => {
    if (look.launches <= launches.length) return false
    const reach = (studentQuantile(1 - look.tail, look.launches - 1) * deviation) / Math.sqrt(look.launches)
    const interval = { low: Math.exp(centre - reach), high: Math.exp(centre + reach) }
    return decide(Math.exp(centre), interval, interval, marginOf(zone)) !== 'undecided'
  })
  return deciding === undefined ? null : deciding.launches - launches.length
}

interface Sample {
  readonly caseKey: string
  readonly isControl: boolean
  /** Median of each launch, up to the latest look. */
  readonly logRatios: readonly number[]
  /** Rounds of the only launch; null if there are several. */
  readonly onlyLaunch: readonly number[] | null
  readonly isEarly: boolean
  readonly tail: number
}

function sampleOf({ caseKey, launches, isControl = false }: ComparedLaunches, design: SequentialDesign): Sample {
  const look = design.looks.findLast((each) => each.launches <= launches.length)
  return {
    caseKey,
    isControl,
    logRatios: launches.slice(0, look?.launches).map(median),
    onlyLaunch: launches.length === 1 ? (launches[0] ?? null) : null,
    isEarly: look === undefined,
    tail: tailAfter(launches.length, design),
  }
}

/** Two-sided error of the latest look; before the first, that of the first. */
function tailAfter(launches: number, { looks }: SequentialDesign): number {
  return (looks.findLast((look) => look.launches <= launches) ?? looks[0])?.tail ?? familyTail
}

/** The share of its look's error that Holm leaves to a comparison's difference, and to its equivalence. */
interface Shares {
  readonly difference: number
  readonly mayDiffer: boolean
  readonly equivalence: number
  readonly mayBeSame: boolean
  readonly familySize: number
}

const alone: Shares = { difference: 1, mayDiffer: true, equivalence: 1, mayBeSame: true, familySize: 1 }

const whole = (sample: Sample): readonly [Sample, Shares] => [sample, alone]

function familyShares(family: readonly Sample[], zone: Zone): readonly (readonly [Sample, Shares])[] {
  if (family.length < 2) return family.map(whole)
  const ofErrors = (pValues: readonly number[]) => holmPlaces(pValues, 0)
  const differences = ofErrors(family.map((sample) => differencePValue(sample) / sample.tail))
  const equivalences = ofErrors(family.map((sample) => equivalencePValue(sample, zone) / sample.tail))
  return family.map((sample, index) => [
    sample,
    {
      difference: 1 - (differences[index]?.level ?? 0),
      mayDiffer: differences[index]?.mayDiffer ?? true,
      equivalence: 1 - (equivalences[index]?.level ?? 0),
      mayBeSame: equivalences[index]?.mayDiffer ?? true,
      familySize: family.length,
    },
  ])
}

/** Two-sided p of both being equally fast. */
function differencePValue({ logRatios }: Sample): number {
  return logRatios.length < 2 ? 1 : studentTail(studentT(logRatios, 0), logRatios.length - 1)
}

/** Twice the larger one-sided p of the ratio lying outside the margin: an interval inside it has no larger tail. */
function equivalencePValue({ logRatios }: Sample, zone: Zone): number {
  const margin = marginOf(zone)
  const [low, high] = [Math.log(1 - margin), Math.log(1 + margin)]
  const centre = logRatios.length < 2 ? Number.NaN : mean(logRatios)
  if (!(centre > low && centre < high)) return 1
  const nearest = Math.min(studentT(logRatios, low), -studentT(logRatios, high))
  return studentTail(nearest, logRatios.length - 1)
}

function studentT(values: readonly number[], hypothesis: number): number {
  return ((mean(values) - hypothesis) * Math.sqrt(values.length)) / standardDeviation(values)
}

function judged(sample: Sample, shares: Shares, zone: Zone, design: SequentialDesign): JudgedComparison {
  const { caseKey, logRatios, isEarly } = sample
  const margin = isEarly && zone.noiseFloor === null ? Math.max(zone.margin, design.earlyDeadZone) : marginOf(zone)
  const value = Math.exp(mean(logRatios))
  const apart = intervalOf(sample, shares.difference, shares)
  const alike = intervalOf(sample, shares.equivalence, shares)
  const verdict = decide(value, shares.mayDiffer ? apart : null, shares.mayBeSame && !isEarly ? alike : null, margin)
  const interval = verdict === 'same' ? alike : apart
  return { caseKey, verdict, value, interval, margin, launches: logRatios.length }
}

type Range = Pick<Interval, 'low' | 'high'>

function decide(value: number, apart: Range | null, alike: Range | null, margin: number): Decision {
  if (alike !== null && alike.low >= 1 - margin && alike.high <= 1 + margin) return 'same'
  if (apart === null || Math.abs(value - 1) <= margin) return 'undecided'
  if (apart.low > 1) return 'faster'
  return apart.high < 1 ? 'slower' : 'undecided'
}

function marginOf({ margin, noiseFloor }: Zone): number {
  return Math.max(margin, noiseFloor ?? 0)
}

/** @param share of the look's error. The stated level is what all looks together keep. */
function intervalOf({ logRatios, onlyLaunch, tail }: Sample, share: number, { familySize }: Shares): Interval | null {
  const found = onlyLaunch === null ? studentInterval(logRatios, 1 - tail * share) : withinLaunch(onlyLaunch, share)
  if (found === null) return null
  const method =
    onlyLaunch === null ? `student-t over ${logRatios.length} launches` : 'order-statistic, within one launch'
  return {
    low: Math.exp(found.low),
    high: Math.exp(found.high),
    level: 1 - familyTail * share,
    method: familySize < 2 ? method : `${method}, Holm-adjusted over ${familySize} comparisons`,
  }
}

/** Of the median of one launch's rounds; null with fewer than six rounds at 95 %. */
function withinLaunch(rounds: readonly number[], share: number): Range | null {
  const ranks = binomialRanks(rounds.length, 0.5, 1 - familyTail * share)
  if (ranks.low < 1 || ranks.high > rounds.length) return null
  const sorted = sortedCopy(rounds)
  return { low: valueOfRank(sorted, ranks.low), high: valueOfRank(sorted, ranks.high) }
}
