// Two to ten runs beside each other: the same cases, how much each figure changed since a baseline run, and whether that
// can be told. A verdict needs the same machine and protocol, sound cases and an interval over launches; otherwise the
// figures stand side by side without one. Deterministic; reads only records.
import { type Figure, type Interval, isMeasured } from '../domain/figure.ts'
import { isSameMachine } from '../domain/fingerprint.ts'
import { defaultMargin } from '../domain/plan.ts'
import { type CaseRecord, type GroupRecord, hasLooks, type RunRecord } from '../domain/run.ts'
import { independentRatio } from './independent-ratio.ts'
import { judgingFloor } from './noise-floor.ts'
import { decisionOf, floorAfter } from './sequential.ts'
import { refusalReason } from './verdict.ts'

export const fewestCompared = 2
export const mostCompared = 10

/** Of 100 comparisons of identical code, at most five have an interval of this figure that excludes no change. */
const familyLevel = 0.95

export const comparedFigureNames = ['p50', 'p95', 'p99', 'images-per-second', 'memory', 'energy'] as const
export type ComparedFigureName = (typeof comparedFigureNames)[number]

interface ComparedFigure {
  readonly isBetterLower: boolean
  figureOf(entry: CaseRecord): Figure
}

const comparedFigures: Readonly<Record<ComparedFigureName, ComparedFigure>> = {
  p50: { isBetterLower: true, figureOf: ({ latencyMs }) => latencyMs.p50 },
  p95: { isBetterLower: true, figureOf: ({ latencyMs }) => latencyMs.p95 },
  p99: { isBetterLower: true, figureOf: ({ latencyMs }) => latencyMs.p99 },
  'images-per-second': { isBetterLower: false, figureOf: ({ imagesPerSecond }) => imagesPerSecond },
  memory: { isBetterLower: true, figureOf: ({ memory }) => memory.processPeakBytes },
  energy: { isBetterLower: true, figureOf: ({ energyJoulesPerImage }) => energyJoulesPerImage },
}

export interface Change {
  /** After / before; null if either was not measured. */
  readonly ratio: number | null
  readonly interval: Interval | null
  /** Null if nothing can be told. */
  readonly verdict: 'better' | 'worse' | 'same' | 'undecided' | null
  /** Why there is no verdict; null if there is one. */
  readonly reason: string | null
  /** How much worse it is at least and at most, as a share; negative is better. Null without an interval. */
  readonly worse: { readonly least: number; readonly most: number } | null
}

export interface FigureRow {
  readonly name: ComparedFigureName
  /** One for each run; null if the run lacks the case. */
  readonly values: readonly (Figure | null)[]
  /** Since the baseline run; null for that run itself, and where either lacks the case. */
  readonly changes: readonly (Change | null)[]
}

export interface CaseRow {
  readonly key: string
  readonly batchSize: number
  /** One for each run; null if the run lacks the case. */
  readonly entries: readonly (CaseRecord | null)[]
  readonly figures: readonly FigureRow[]
}

export interface RunComparison {
  readonly runs: readonly RunRecord[]
  /** Index of the run that the others are compared with. */
  readonly baseline: number
  /** Why a run gets no verdict at all; null for those that do, and for the baseline run. */
  readonly obstacles: readonly (string | null)[]
  /** How far a figure may be from the baseline's and still count as the same, by run. */
  readonly margins: readonly number[]
  readonly rows: readonly CaseRow[]
}

interface Placed {
  readonly group: GroupRecord
  readonly entry: CaseRecord
}

/**
 * @param refusal why no verdict is given at all; null where the runs allow one.
 * @throws RangeError without a baseline run: that is a bug.
 */
export function compareRuns(runs: readonly RunRecord[], baseline = 0, refusal: string | null = null): RunComparison {
  const before = runs[baseline]
  if (before === undefined) throw new RangeError(`no run ${baseline} of ${runs.length}`)
  const places = alignedCases(runs)
  const obstacles = runs.map((run, index) =>
    index === baseline ? null : (refusal ?? obstacleOf(before, run, places, index, baseline)),
  )
  const margins = runs.map((run) => marginOf(before, run))
  const cases = places.map(({ key, placed }) => ({ key, placed, refusals: refusalsOf(placed, obstacles, baseline) }))
  const levels = Object.fromEntries(comparedFigureNames.map((name) => [name, levelsOf(cases, name, baseline)]))
  const rows = cases.map(({ key, placed, refusals }): CaseRow => {
    const figures = comparedFigureNames.map((name): FigureRow => {
      const values = placed.map((each) => (each === null ? null : comparedFigures[name].figureOf(each.entry)))
      const changes = placed.map((each, index) => {
        const first = placed[baseline]
        if (index === baseline || each == null || first == null) return null
        const judged = { refusal: refusals[index] ?? null, level: levels[name]?.[index] ?? familyLevel }
        return changeOf(name, first, each, { ...judged, margin: margins[index] ?? defaultMargin })
      })
      return { name, values, changes }
    })
    const batchSize = placed.find((each) => each !== null)?.group.batchSize ?? 0
    return { key, batchSize, entries: placed.map((each) => each?.entry ?? null), figures }
  })
  return { runs, baseline, obstacles, margins, rows }
}

// Which cases of different runs are the same: those of one group under one key. The hash of an artifact is part of the key,
// so that two files can be told apart within a run; between runs, another file of the same backend and precision is the
// same case, unless a run has several.

interface AlignedCase {
  readonly key: string
  /** One for each run. */
  readonly placed: readonly (Placed | null)[]
}

function alignedCases(runs: readonly RunRecord[]): readonly AlignedCase[] {
  const perRun = runs.map(({ groups }) => groups.flatMap((group) => group.cases.map((entry) => ({ group, entry }))))
  const ambiguous = new Set(
    perRun.flatMap((places) => {
      const keys = places.map(withoutFile)
      return keys.filter((key, index) => keys.indexOf(key) !== index)
    }),
  )
  const keyOf = (place: Placed) => (ambiguous.has(withoutFile(place)) ? keyWithFile(place) : withoutFile(place))
  const keyed = perRun.map((places) => new Map(places.map((place) => [keyOf(place), place])))
  const keys = [...new Set(keyed.flatMap((places) => [...places.keys()]))]
  return keys.map((key) => ({ key, placed: keyed.map((places) => places.get(key) ?? null) }))
}

function keyWithFile({ group, entry }: Placed): string {
  return `${group.groupKey}/${entry.caseKey}`
}

function withoutFile({ group, entry }: Placed): string {
  return `${group.groupKey}/${entry.caseKey.replace(/-[0-9a-f]{8}(?=\.\d+$|$)/, '')}`
}

// What stands in the way of a verdict: for a whole run, and for one case.

function obstacleOf(
  before: RunRecord,
  after: RunRecord,
  places: readonly AlignedCase[],
  index: number,
  baseline: number,
): string | null {
  const [then, now] = [before.protocol ?? 1, after.protocol ?? 1]
  if (places.every(({ placed }) => placed[index] == null || placed[baseline] == null)) return 'no case is in both runs'
  if (before.simulated !== after.simulated) return 'one of the two is simulated'
  if (!isSameMachine(before.fingerprint.machine, after.fingerprint.machine)) return 'another machine'
  if (then !== now) return `another protocol: ${now} here, ${then} for the baseline run`
  return hasLooks(after.protocol) ? null : 'protocol 1: its intervals hold within a run only'
}

function refusalsOf(
  placed: readonly (Placed | null)[],
  obstacles: readonly (string | null)[],
  baseline: number,
): readonly (string | null)[] {
  const before = placed[baseline]
  return placed.map((after, index) => {
    if (after == null || before == null || index === baseline) return null
    return obstacles[index] ?? caseRefusal(before, after)
  })
}

function caseRefusal(before: Placed, after: Placed): string | null {
  const [then, now] = [before.entry, after.entry]
  const unfair = refusalReason(now, then)
  if (unfair !== null) return unfair
  if (then.weights !== now.weights) return `other weights: ${now.weights} here, ${then.weights} for the baseline run`
  const [ours, theirs] = [after.group.inputSha256, before.group.inputSha256]
  if (ours !== null && theirs !== null && ours !== theirs) return 'other input images'
  const fewest = Math.min(launchesOf(before), launchesOf(after))
  return fewest < 2 ? 'one launch does not show how much launches differ' : null
}

function launchesOf({ group }: Placed): number {
  return group.launches?.length ?? 0
}

// How much a figure changed.

function marginOf(before: RunRecord, after: RunRecord): number {
  const floors = [before, after].flatMap((record) => {
    const launches = Math.max(1, Math.min(...record.groups.map((group) => group.launches?.length ?? 1)))
    return floorAfter(launches, judgingFloor(record)) ?? []
  })
  return Math.max(before.plan.margin ?? defaultMargin, after.plan.margin ?? defaultMargin, ...floors)
}

/** By run: the cases that are judged by a figure share its error (Bonferroni). */
function levelsOf(
  cases: readonly (AlignedCase & { readonly refusals: readonly (string | null)[] })[],
  name: ComparedFigureName,
  baseline: number,
): readonly number[] {
  const { figureOf } = comparedFigures[name]
  const hasInterval = (place: Placed | null | undefined) => {
    const figure = place == null ? null : figureOf(place.entry)
    return figure !== null && isMeasured(figure) && figure.interval !== null
  }
  const runs = cases[0]?.placed.length ?? 0
  return Array.from({ length: runs }, (_, index) => {
    const judged = cases.filter(
      ({ placed, refusals }) => refusals[index] === null && hasInterval(placed[index]) && hasInterval(placed[baseline]),
    )
    return 1 - (1 - familyLevel) / Math.max(1, judged.length)
  })
}

interface Judging {
  readonly refusal: string | null
  readonly level: number
  readonly margin: number
}

function changeOf(
  name: ComparedFigureName,
  before: Placed,
  after: Placed,
  { refusal, level, margin }: Judging,
): Change {
  const { figureOf, isBetterLower } = comparedFigures[name]
  const [then, now] = [figureOf(before.entry), figureOf(after.entry)]
  const nothing = { ratio: null, interval: null, verdict: null, worse: null }
  if (!isMeasured(now)) return { ...nothing, reason: refusal ?? now.reason }
  if (!isMeasured(then)) return { ...nothing, reason: refusal ?? `the baseline run: ${then.reason}` }
  const { value, interval } = independentRatio(
    { figure: now, launches: launchesOf(after) },
    { figure: then, launches: launchesOf(before) },
    level,
  )
  if (refusal !== null) return { ...nothing, ratio: value, reason: refusal }
  if (interval === null) return { ...nothing, ratio: value, reason: 'measured without an interval' }
  const decision = decisionOf(value, interval, margin)
  const moved = (decision === 'faster') === isBetterLower ? 'worse' : 'better'
  return {
    ratio: value,
    interval,
    verdict: decision === 'same' || decision === 'undecided' ? decision : moved,
    reason: null,
    worse: isBetterLower
      ? { least: interval.low - 1, most: interval.high - 1 }
      : { least: 1 / interval.high - 1, most: 1 / interval.low - 1 },
  }
}

// A limit for regressions: whether a change is worse by more than it. Judged on the whole interval.

export type RegressionAnswer = 'regression' | 'none' | 'not-sure' | 'not-judged'

export function regressionOf({ worse }: Pick<Change, 'worse'>, limit: number): RegressionAnswer {
  if (worse === null) return 'not-judged'
  if (worse.least > limit) return 'regression'
  return worse.most <= limit ? 'none' : 'not-sure'
}
