// Protocols 2 and 3: a group is measured in launches of few rounds, and looked at after some of them. At a look each
// comparison is faster, slower, the same within the margin, or undecided. Launches end when all are decided or the
// budget is used up, which is a look too. The level of a look belongs to all looks together, so a run that ended
// undecided can go on later. One estimand throughout: the median of ln(baseline block / candidate block) over the
// rounds of a launch, and its mean over launches, with Student's t (launch-mean.ts). Several comparisons are
// Holm-adjusted at every look. Protocol 3 takes out the effect of the worker that was started first. Does not judge
// whether a comparison is fair.
import type { Interval } from '../domain/figure.ts'
import type { Decision, Look, PathPoint } from '../domain/run.ts'
import { mean, median, standardDeviation } from './descriptive.ts'
import { studentQuantile, studentTail } from './distributions.ts'
import { holmPlaces } from './holm.ts'
import { type LaunchMean, launchMean } from './launch-mean.ts'
import { firstLaunches, type LaunchRatios, type MeasuredLaunches } from './measured-launches.ts'

export interface SequentialDesign {
  /** Rounds of a launch, unless starting one takes so long that more are worth it (planning/launch-budget.ts). */
  readonly roundsPerLaunch: number
  /** After how many launches to look. */
  readonly looks: readonly number[]
  /**
   * Two-sided error of one comparison at one look: 0.01 is an interval of 99 %. All looks, and two or three more where
   * a budget ended, then err in at most 5 % (docs/results/sequential-simulation.txt).
   */
  readonly tail: number
  /**
   * Before the first look there are too few launches to tell how much they scatter. Ratios of identical code are then
   * taken to scatter by this from launch to launch (standard deviation), or by what was seen if that is more.
   */
  readonly assumedSpread: number
  /**
   * After one launch, two and so on, as far as given: how many times as fast or as slow a winner must be, besides what its
   * interval says. A process can be slower by far more than the assumed spread (two PyTorch processes of fifteen were by
   * 40 %), and nothing within one launch tells this from a slower engine. Where one process in ten is 38 % slower, 20 % of
   * single launches named a winner of identical code, and 43 % among four candidates; 1.4 leaves 2 and 8 %, 1.45 none. From
   * two launches on, no such factor is needed: the scatter that such a process causes widens the interval by itself, which
   * leaves 1 to 3 % (docs/results/sequential-simulation.txt).
   */
  readonly leastFactors: readonly number[]
  /**
   * From so many launches on, the effect of starting first is taken out (protocol 3). With fewer, the degree of freedom
   * that this costs would widen the interval more than most such effects do.
   */
  readonly startFittedFrom: number
}

export const sequentialDesign: SequentialDesign = {
  roundsPerLaunch: 4,
  looks: [5, 8, 12, 20, 32],
  tail: 0.01,
  assumedSpread: 0.05,
  leastFactors: [1.45],
  startFittedFrom: 8,
}

/** How many times as fast or as slow a winner must be after so many launches; 1 where its interval suffices. */
export function leastFactor(launches: number, { leastFactors }: SequentialDesign = sequentialDesign): number {
  return leastFactors[launches - 1] ?? 1
}

/** Probability that, of identical code, any look of a whole group names a winner. */
const familyTail = 0.05

/** One candidate of a group over its launches so far. */
export interface ComparedLaunches extends MeasuredLaunches {
  readonly caseKey: string
  /**
   * A copy of the baseline: a check, not a claim. It is outside the family of comparisons, and the group does not wait
   * until it is decided.
   */
  readonly isControl?: boolean
}

export interface Zone {
  /** The plan's margin: 0.02 is 2 %. */
  readonly margin: number
  /** |ratio - 1| that one launch of identical code reaches on this machine; null if unknown. */
  readonly noiseFloor: number | null
}

export interface JudgedComparison {
  readonly caseKey: string
  readonly verdict: Decision
  /** Baseline / candidate; above 1 is faster. */
  readonly value: number
  readonly interval: Interval
  /** How far from 1 the ratio may be and still count as the same; a winner is further away. */
  readonly margin: number
  readonly launches: number
  /** Share of a look's error that Holm left to this interval: 1 if nothing else is compared. */
  readonly share: number
  /** Whether every more certain comparison of the group excludes equality, so that this one may. */
  readonly mayDiffer: boolean
}

export interface GroupJudgement {
  /** In the order given, without comparisons that have no launch. */
  readonly comparisons: readonly JudgedComparison[]
  /** This is a look, and every comparison except controls is decided: no further launch is needed. */
  readonly isDecided: boolean
}

/** What the launches so far say. Call it after every launch; only at a look may it end the group. */
export function judgeLaunches(
  compared: readonly ComparedLaunches[],
  zone: Zone,
  design: SequentialDesign = sequentialDesign,
): GroupJudgement {
  const samples = compared.filter(({ launches }) => launches.length > 0).map((each) => sampleOf(each, design))
  const claims = samples.filter(({ isControl }) => !isControl)
  const shares = familyShares(claims, zone)
  const judgedOf = (sample: Sample) => judged(sample, shares.get(sample) ?? alone, zone, design)
  const comparisons = new Map(samples.map((sample) => [sample, judgedOf(sample)]))
  return {
    comparisons: [...comparisons.values()],
    isDecided:
      claims.length > 0 &&
      claims.every(
        (claim) => design.looks.includes(claim.logRatios.length) && comparisons.get(claim)?.verdict !== 'undecided',
      ),
  }
}

/** What each look so far said, the last being that of all launches; by caseKey. */
export function looksOf(
  compared: readonly ComparedLaunches[],
  zone: Zone,
  design: SequentialDesign = sequentialDesign,
): ReadonlyMap<string, readonly Look[]> {
  const looks = new Map<string, Look[]>(compared.map(({ caseKey }) => [caseKey, []]))
  const most = Math.max(0, ...compared.map(({ launches }) => launches.length))
  for (const look of [...design.looks.filter((launches) => launches < most), most]) {
    const reached = compared
      .filter(({ launches }) => launches.length >= look)
      .map((each) => ({ ...each, ...firstLaunches(each, look) }))
    for (const { caseKey, launches, value, interval, verdict } of judgeLaunches(reached, zone, design).comparisons) {
      looks.get(caseKey)?.push({ launches, value, interval, verdict })
    }
  }
  return looks
}

/** The interval after each launch from the second on. @param share of the judged comparison, so that both agree. */
export function intervalPath(
  measured: MeasuredLaunches,
  share: number,
  design: SequentialDesign = sequentialDesign,
): readonly PathPoint[] {
  return measured.launches.slice(1).map((_, index) => {
    const sample = sampleOf({ caseKey: '', ...firstLaunches(measured, index + 2) }, design)
    return { launches: index + 2, value: Math.exp(sample.centre), ...rangeOf(sample, share) }
  })
}

/**
 * Launches until the next look that would decide, if the ratio and its scatter stay as they are. One launch has no
 * scatter yet: the first look. Null if there is no such look.
 */
export function furtherLaunches(
  { launches, starts }: MeasuredLaunches,
  { share, margin }: Pick<JudgedComparison, 'share' | 'margin'>,
  design: SequentialDesign = sequentialDesign,
): number | null {
  const logRatios = launches.map(median)
  const unknown = { centre: mean(logRatios), deviation: 0, isWithoutStart: false }
  const plain = logRatios.length < 2 ? unknown : launchMean(logRatios, null)
  const fitted = starts === undefined || logRatios.length < fewestToForesee ? plain : launchMean(logRatios, starts)
  const deciding = design.looks.find((look) => {
    if (look <= launches.length) return false
    const { centre, deviation, isWithoutStart } = look < design.startFittedFrom ? plain : fitted
    const degreesOfFreedom = look - (isWithoutStart ? 2 : 1)
    const reach = (studentQuantile(1 - design.tail * share, degreesOfFreedom) * deviation) / Math.sqrt(look)
    const range = { low: Math.exp(centre - reach), high: Math.exp(centre + reach) }
    return isWithin(range, margin) || winner(Math.exp(centre), range, margin) !== 'undecided'
  })
  return deciding === undefined ? null : deciding - launches.length
}

/** The effect of starting first can be told from the mean and the scatter. */
const fewestToForesee = 4

// What can be foreseen before the first launch, if ratios scatter by this from launch to launch (standard deviation of the
// logarithm).

/** Until the first look that would call two equally fast cases the same; null if none would. */
export function launchesToResolve(
  margin: number,
  spread: number,
  design: SequentialDesign = sequentialDesign,
): number | null {
  return design.looks.find((look) => reachOfLook(look, spread, design) <= Math.log(1 + margin)) ?? null
}

/** The smallest margin within which all looks together can call two equally fast cases the same. */
export function resolvableMargin(spread: number, design: SequentialDesign = sequentialDesign): number {
  return Math.exp(reachOfLook(design.looks.at(-1) ?? 0, spread, design)) - 1
}

/** How far the interval is expected to reach from 1: its half-width, and one standard error of its centre. */
function reachOfLook(look: number, spread: number, { tail, startFittedFrom }: SequentialDesign): number {
  const degreesOfFreedom = look - (look < startFittedFrom ? 1 : 2)
  return ((studentQuantile(1 - tail, degreesOfFreedom) + 1) * spread) / Math.sqrt(look)
}

/** The ratio and its interval, without a verdict; for the rounds that are left when some are left out. */
export function estimateLaunches(
  measured: MeasuredLaunches,
  share: number,
  design: SequentialDesign = sequentialDesign,
): Pick<JudgedComparison, 'value' | 'interval'> {
  const sample = sampleOf({ caseKey: '', ...measured }, design)
  return { value: Math.exp(sample.centre), interval: intervalOf(sample, share, 1, design) }
}

interface Sample {
  readonly caseKey: string
  readonly isControl: boolean
  /** Median of each launch. */
  readonly logRatios: readonly number[]
  readonly centre: number
  /** Standard error of the centre, and the degrees of freedom that it was estimated with. */
  readonly error: number
  readonly degreesOfFreedom: number
  readonly isWithoutStart: boolean
  /** Too few launches for a look: the scatter between them is partly assumed. */
  readonly isEarly: boolean
  /** Two-sided error of this look. */
  readonly tail: number
}

function sampleOf(compared: ComparedLaunches, design: SequentialDesign): Sample {
  const { caseKey, launches, starts = null, isControl = false } = compared
  const isEarly = launches.length < (design.looks[0] ?? 0)
  const logRatios = launches.map(median)
  const { centre, error, degreesOfFreedom, isWithoutStart } = isEarly
    ? assumedMean(launches, logRatios, design)
    : launchMean(logRatios, launches.length < design.startFittedFrom ? null : starts)
  return {
    ...{ caseKey, isControl, logRatios, centre, error, degreesOfFreedom, isWithoutStart, isEarly },
    tail: isEarly ? familyTail : design.tail,
  }
}

/** Student's distribution is normal to seven digits. */
const manyDegreesOfFreedom = 1e8

function assumedMean(
  launches: LaunchRatios,
  logRatios: readonly number[],
  design: SequentialDesign,
): Omit<LaunchMean, 'deviation'> {
  return {
    centre: mean(logRatios),
    error: earlySpread(launches, logRatios, design) / Math.sqrt(logRatios.length),
    degreesOfFreedom: manyDegreesOfFreedom,
    isWithoutStart: false,
  }
}

/** Standard deviation of a launch's ratio: assumed, with the error of the median of its rounds; or seen, if larger. */
function earlySpread(
  launches: LaunchRatios,
  logRatios: readonly number[],
  { assumedSpread }: SequentialDesign,
): number {
  const medianErrors = launches
    .filter(({ length }) => length > 1)
    .map((rounds) => ((Math.PI / 2) * standardDeviation(rounds) ** 2) / rounds.length)
  const assumed = Math.hypot(assumedSpread, Math.sqrt(medianErrors.length === 0 ? 0 : mean(medianErrors)))
  return logRatios.length < 2 ? assumed : Math.max(assumed, standardDeviation(logRatios))
}

/** What Holm leaves to a comparison's difference, and to its being the same: shares of the error of a look. */
interface Shares {
  readonly difference: number
  readonly mayDiffer: boolean
  readonly equivalence: number
  readonly mayBeSame: boolean
  readonly familySize: number
}

const alone: Shares = { difference: 1, mayDiffer: true, equivalence: 1, mayBeSame: true, familySize: 1 }

/** Being different and being the same are two families: Holm holds in each. */
function familyShares(family: readonly Sample[], zone: Zone): ReadonlyMap<Sample, Shares> {
  const places = (pValueOf: (sample: Sample) => number) =>
    holmPlaces(
      family.map((sample) => pValueOf(sample) / sample.tail),
      0,
    )
  const differences = places(differencePValue)
  const equivalences = places((sample) => equivalencePValue(sample, marginOf(zone, sample.logRatios.length)))
  return new Map(
    family.map((sample, index) => [
      sample,
      {
        difference: 1 - (differences[index]?.level ?? 0),
        mayDiffer: differences[index]?.mayDiffer ?? true,
        equivalence: 1 - (equivalences[index]?.level ?? 0),
        mayBeSame: equivalences[index]?.mayDiffer ?? true,
        familySize: family.length,
      },
    ]),
  )
}

/** Two-sided p of both being equally fast. */
function differencePValue(sample: Sample): number {
  return tailBeyond(sample, 0)
}

/** The two-sided tail of the widest interval inside the margin: 1 if not even the ratio lies inside. */
function equivalencePValue(sample: Sample, margin: number): number {
  const [low, high] = [Math.log(1 - margin), Math.log(1 + margin)]
  if (sample.centre <= low || sample.centre >= high) return 1
  return Math.max(tailBeyond(sample, low), tailBeyond(sample, high))
}

/** P of a centre at least as far from `hypothesis`, on either side, if that were the truth. */
function tailBeyond({ centre, error, degreesOfFreedom }: Sample, hypothesis: number): number {
  return centre === hypothesis ? 1 : studentTail((centre - hypothesis) / error, degreesOfFreedom)
}

function judged(sample: Sample, shares: Shares, zone: Zone, design: SequentialDesign): JudgedComparison {
  const { caseKey, logRatios, centre, isEarly } = sample
  const margin = marginOf(zone, logRatios.length)
  const value = Math.exp(centre)
  const apart = intervalOf(sample, shares.difference, shares.familySize, design)
  const alike = intervalOf(sample, shares.equivalence, shares.familySize, design)
  const isSame = !isEarly && shares.mayBeSame && isWithin(alike, margin)
  const mayWin = shares.mayDiffer && Math.abs(centre) >= Math.log(leastFactor(logRatios.length, design))
  const verdict = isSame ? 'same' : mayWin ? winner(value, apart, margin) : 'undecided'
  return {
    caseKey,
    verdict,
    value,
    interval: isSame ? alike : apart,
    margin,
    launches: logRatios.length,
    share: isSame ? shares.equivalence : shares.difference,
    mayDiffer: shares.mayDiffer,
  }
}

type Range = Pick<Interval, 'low' | 'high'>

export function isWithin({ low, high }: Range, margin: number): boolean {
  return low >= 1 - margin && high <= 1 + margin
}

/** What one interval says by itself, without a family or a look. */
export function decisionOf(value: number, interval: Range, margin: number): Decision {
  return isWithin(interval, margin) ? 'same' : winner(value, interval, margin)
}

function winner(value: number, { low, high }: Range, margin: number): Decision {
  if (Math.abs(value - 1) <= margin) return 'undecided'
  if (low > 1) return 'faster'
  return high < 1 ? 'slower' : 'undecided'
}

/** The mean of several launches scatters less than one: by the square root of their number. */
export function floorAfter(launches: number, noiseFloor: number | null): number | null {
  return noiseFloor === null ? null : noiseFloor / Math.sqrt(launches)
}

function marginOf({ margin, noiseFloor }: Zone, launches: number): number {
  return Math.max(margin, floorAfter(launches, noiseFloor) ?? 0)
}

function rangeOf({ centre, error, degreesOfFreedom, tail }: Sample, share: number): Range {
  const reach = studentQuantile(1 - tail * share, degreesOfFreedom) * error
  return { low: Math.exp(centre - reach), high: Math.exp(centre + reach) }
}

/** Its stated level is what all looks together keep. */
function intervalOf(sample: Sample, share: number, familySize: number, { assumedSpread }: SequentialDesign): Interval {
  const { logRatios, isEarly, isWithoutStart } = sample
  const over = `over ${logRatios.length} ${logRatios.length === 1 ? 'launch' : 'launches'}`
  const seen = `student-t ${over}${isWithoutStart ? ', starting order fitted' : ''}`
  const method = isEarly ? `normal ${over} that are taken to scatter by ${100 * assumedSpread} %` : seen
  return {
    ...rangeOf(sample, share),
    level: 1 - familyTail * share,
    method: familySize < 2 ? method : `${method}, Holm-adjusted over ${familySize} comparisons`,
  }
}
