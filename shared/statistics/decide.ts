// Which case of a run to ship. Limits are tested on intervals: a case meets a limit, misses it, or is not sure. Among the
// cases that surely meet all of them, the first preference chooses; cases that cannot be told apart by it are a tie, which
// the further preferences break. Pure; reads only the record.
import { backendRows } from '../domain/backend.ts'
import { type Demands, type LimitName, limitNames, type ParityLimit, type Preference } from '../domain/decision.ts'
import { type Figure, type Interval, isMeasured, missing } from '../domain/figure.ts'
import { defaultMargin } from '../domain/plan.ts'
import type { CaseRecord, GroupRecord, RunRecord } from '../domain/run.ts'
import { gainBetween, inverted } from './gain-between.ts'
import { independentRatio } from './independent-ratio.ts'
import { isCopyOf } from './noise-floor.ts'
import { decisionOf } from './sequential.ts'
import { unsoundReason } from './verdict.ts'

export interface CaseOption {
  readonly group: GroupRecord
  readonly entry: CaseRecord
}

export type Standing = 'met' | 'missed' | 'not-sure'

export interface LimitResult {
  readonly name: LimitName | 'parity' | 'python'
  readonly standing: Standing
  /** In the unit of the limit; null for parity and Python, and where nothing was measured. */
  readonly value: number | null
  readonly interval: Pick<Interval, 'low' | 'high'> | null
  readonly limit: number | null
  /** By how much the value misses the limit, as a share of the limit; null if it does not, or has no number. */
  readonly missShare: number | null
  /** Why it is missed or not sure, where numbers do not say it. */
  readonly reason: string | null
}

export interface JudgedOption extends CaseOption {
  /** `excluded`: no figure of it should decide anything. */
  readonly standing: Standing | 'excluded'
  /** Why it is excluded; null otherwise. */
  readonly reason: string | null
  readonly results: readonly LimitResult[]
  /** None of those within the limits has both a lower latency and a higher throughput. */
  readonly isOnFront: boolean
}

export interface Tie {
  /** Whose figures cannot be told apart, the recommended one included. */
  readonly members: readonly JudgedOption[]
  readonly by: Preference
  /** The preference that broke the tie; null if none could. */
  readonly brokenBy: Preference | null
}

export interface WhatIf {
  readonly kind: 'raise-limit' | 'tighten-limit' | 'without-backend' | 'measure-longer'
  /** The limit that would be changed; null where none is. */
  readonly limit: { readonly name: LimitName; readonly to: number } | null
  /** What would be recommended then; null for nothing. */
  readonly option: JudgedOption | null
}

export interface Choice {
  readonly options: readonly JudgedOption[]
  /** Null if no case surely meets the limits. */
  readonly recommended: JudgedOption | null
  /** Null if the recommended one was certainly the best. */
  readonly tie: Tie | null
  readonly runnerUp: JudgedOption | null
  /** If nothing is recommended: what misses by the smallest share of a limit. */
  readonly nearest: { readonly option: JudgedOption; readonly result: LimitResult } | null
  readonly whatIf: readonly WhatIf[]
}

/** Figures that were measured once have no interval: differences up to this share count as none. */
const alikeWithoutInterval = 0.05

export function decide(record: Pick<RunRecord, 'groups' | 'plan'>, demands: Demands): Choice {
  const options = optionsOf(record)
  const choice = chosen(options, demands, marginOf(record))
  return { ...choice, whatIf: whatIfs(options, demands, choice, marginOf(record)) }
}

/** Every case once: copies of a baseline are controls. */
function optionsOf({ groups }: Pick<RunRecord, 'groups'>): readonly CaseOption[] {
  return groups.flatMap((group) => {
    const baseline = group.cases.find(({ caseKey }) => caseKey === group.baseline)
    const isControl = (entry: CaseRecord) => baseline !== undefined && entry !== baseline && isCopyOf(entry, baseline)
    return group.cases.filter((entry) => !isControl(entry)).map((entry) => ({ group, entry }))
  })
}

function marginOf({ plan }: Pick<RunRecord, 'plan'>): number {
  return plan.margin ?? defaultMargin
}

type Chosen = Omit<Choice, 'whatIf'>

function chosen(all: readonly CaseOption[], demands: Demands, margin: number): Chosen {
  const judged = all.map((option) => judgedOption(option, demands))
  const met = judged.filter(({ standing }) => standing === 'met')
  const options = judged.map((option) => ({ ...option, isOnFront: met.includes(option) && isUndominated(option, met) }))
  const ranked = ranking(
    options.filter(({ standing }) => standing === 'met'),
    demands.prefer,
    margin,
  )
  if (ranked === null) return { options, recommended: null, tie: null, runnerUp: null, nearest: nearestOf(options) }
  return { options, ...ranked, nearest: null }
}

// Limits.

const mebibyte = 1024 * 1024

const limitFigures: Readonly<Record<LimitName, { readonly isAtLeast?: true; of(entry: CaseRecord): Figure }>> = {
  p50Ms: { of: ({ latencyMs }) => latencyMs.p50 },
  p99Ms: { of: ({ latencyMs }) => latencyMs.p99 },
  imagesPerSecond: { isAtLeast: true, of: ({ imagesPerSecond }) => imagesPerSecond },
  memoryMib: { of: ({ memory }) => divided(memory.processPeakBytes, mebibyte) },
  energyJoules: { of: ({ energyJoulesPerImage }) => energyJoulesPerImage },
  coldStartMs: {
    of: ({ coldStart }) => {
      if (coldStart === undefined) return missing('the run did not measure cold starts')
      return 'notMeasured' in coldStart ? missing(coldStart.notMeasured) : coldStart.toFirstAnswerMs
    },
  },
}

/** In the unit of the limit; null if it was not measured. */
export function limitValue(entry: CaseRecord, name: LimitName): number | null {
  return limitFigures[name].of(entry).value
}

/** Latency is measured in many samples: without an interval it was measured in one launch, which decides nothing. */
const needsInterval: ReadonlySet<LimitName> = new Set(['p50Ms', 'p99Ms', 'imagesPerSecond'])

function divided(figure: Figure, by: number): Figure {
  if (!isMeasured(figure)) return figure
  const { value, interval } = figure
  return { value: value / by, interval: interval && { ...interval, low: interval.low / by, high: interval.high / by } }
}

function judgedOption(option: CaseOption, { limits, parity, withoutPython }: Demands): JudgedOption {
  const reason = unsoundReason(option.entry)
  const results = [
    ...limitNames.flatMap((name) => {
      const limit = limits[name]
      return limit === undefined ? [] : [limitResult(option.entry, name, limit)]
    }),
    parityResult(option.entry, parity),
    ...(withoutPython ? [pythonResult(option.entry)] : []),
  ]
  const has = (standing: Standing) => results.some((result) => result.standing === standing)
  const standing = has('missed') ? 'missed' : has('not-sure') ? 'not-sure' : 'met'
  return { ...option, standing: reason === null ? standing : 'excluded', reason, results, isOnFront: false }
}

function limitResult(entry: CaseRecord, name: LimitName, limit: number): LimitResult {
  const { of: figureOf, isAtLeast = false } = limitFigures[name]
  const figure = figureOf(entry)
  const nothing = { name, limit, value: null, interval: null, missShare: null }
  if (!isMeasured(figure)) return { ...nothing, standing: 'not-sure', reason: figure.reason }
  const { value, interval } = figure
  if (interval === null && needsInterval.has(name))
    return { ...nothing, value, standing: 'not-sure', reason: 'one launch gives it no interval' }
  const { low, high } = interval ?? { low: value, high: value }
  const misses = isAtLeast ? high < limit : low > limit
  const meets = isAtLeast ? low >= limit : high <= limit
  const beyond = isAtLeast ? (limit - value) / limit : (value - limit) / limit
  return {
    ...{ name, limit, value, interval: interval && { low, high } },
    standing: meets ? 'met' : misses ? 'missed' : 'not-sure',
    missShare: beyond > 0 ? beyond : null,
    reason: null,
  }
}

function parityResult({ parity }: CaseRecord, limit: ParityLimit): LimitResult {
  const { verdict, reason } = parity
  const isMet =
    limit === 'any' || verdict === 'pass' || reason === 'reference' || (limit === 'warn' && verdict === 'warn')
  const standing = isMet ? 'met' : verdict === 'not-judged' ? 'not-sure' : 'missed'
  const words = verdict === 'not-judged' ? `parity was not judged: ${reason}` : `parity: ${verdict}, ${reason}`
  const none = { value: null, interval: null, limit: null, missShare: null }
  return { name: 'parity', standing, ...none, reason: isMet ? null : words }
}

function pythonResult({ backend }: CaseRecord): LimitResult {
  const isMet = backendRows[backend].environment === null
  const none = { value: null, interval: null, limit: null, missShare: null }
  return { name: 'python', standing: isMet ? 'met' : 'missed', ...none, reason: isMet ? null : 'it needs Python' }
}

/** Of options that miss: the one whose worst miss is the smallest share of its limit. Only numbers can be near. */
function nearestOf(options: readonly JudgedOption[]): Choice['nearest'] {
  const misses = options.flatMap((option) => {
    const missed = option.results.filter(({ standing }) => standing === 'missed')
    const worst = missed.toSorted((left, right) => (right.missShare ?? 0) - (left.missShare ?? 0))[0]
    const isNumber = missed.every(({ missShare }) => missShare !== null)
    return option.standing === 'missed' && worst !== undefined && isNumber ? [{ option, result: worst }] : []
  })
  return misses.toSorted((left, right) => (left.result.missShare ?? 0) - (right.result.missShare ?? 0))[0] ?? null
}

// Preferences: figures that are compared, with what can be told of two cases.

const preferred: Readonly<Record<Preference, { readonly isHigher?: true; of(entry: CaseRecord): Figure }>> = {
  'images-per-second': { isHigher: true, of: ({ imagesPerSecond }) => imagesPerSecond },
  p50: { of: ({ latencyMs }) => latencyMs.p50 },
  p99: { of: ({ latencyMs }) => latencyMs.p99 },
  memory: { of: ({ memory }) => memory.processPeakBytes },
  energy: { of: ({ energyJoulesPerImage }) => energyJoulesPerImage },
}

/** Cases of one group were measured in pairs, round by round, and their speedups say more than two figures. */
const comparedInPairs: ReadonlySet<Preference> = new Set(['images-per-second', 'p50'])

/** Sorted best first; those without the figure come last. */
function sorted(options: readonly JudgedOption[], by: Preference): readonly JudgedOption[] {
  const { isHigher = false, of: figureOf } = preferred[by]
  const worth = ({ entry }: JudgedOption) => {
    const { value } = figureOf(entry)
    if (value === null) return Number.NEGATIVE_INFINITY
    return isHigher ? value : -value
  }
  return options.toSorted((left, right) => worth(right) - worth(left))
}

/** Whether the first is better than the second for certain. */
function isBetter(first: JudgedOption, second: JudgedOption, by: Preference, margin: number): boolean {
  const { isHigher = false, of: figureOf } = preferred[by]
  const pair = comparedInPairs.has(by) ? pairedRatio(first, second) : null
  if (pair !== null) return decisionOf(pair.value, pair.interval, margin) === 'faster'
  const [own, other] = [figureOf(first.entry), figureOf(second.entry)]
  if (!isMeasured(own) || !isMeasured(other)) return isMeasured(own)
  const [above, below] = isHigher ? ([first, second] as const) : ([second, first] as const)
  const figures = isHigher ? ([own, other] as const) : ([other, own] as const)
  if (own.interval === null && other.interval === null && !comparedInPairs.has(by) && by !== 'p99')
    return figures[0].value / figures[1].value > 1 + alikeWithoutInterval
  const { value, interval } = independentRatio(
    { figure: figures[0], launches: launchesOf(above) },
    { figure: figures[1], launches: launchesOf(below) },
    0.95,
  )
  return interval !== null && decisionOf(value, interval, margin) === 'faster'
}

function launchesOf({ group }: CaseOption): number {
  return group.launches?.length ?? 0
}

/** How much faster the first is than the second; null if they are not of one group, or have no speedups. */
function pairedRatio(
  first: CaseOption,
  second: CaseOption,
): { readonly value: number; readonly interval: Interval } | null {
  const { group } = first
  const baseline = group.cases.find(({ caseKey }) => caseKey === group.baseline)
  if (group !== second.group || baseline === undefined) return null
  const [own, other] = [first.entry.speedup, second.entry.speedup]
  if (first.entry === baseline) {
    if (other.value === null || other.interval === null) return null
    const { value, interval } = inverted({ value: other.value, interval: other.interval })
    return interval === null ? null : { value, interval }
  }
  if (own.value === null || (other.value === null && second.entry !== baseline)) return null
  const { value, interval } = gainBetween(first.entry, second.entry, baseline)
  return interval === null ? null : { value, interval }
}

type Ranked = Pick<Chosen, 'tie' | 'runnerUp'> & { readonly recommended: JudgedOption }

/** Null if there is none. */
function ranking(met: readonly JudgedOption[], prefer: readonly Preference[], margin: number): Ranked | null {
  const [first, ...further] = prefer
  if (first === undefined) return null
  const inOrder = sorted(met, first)
  const [best] = inOrder
  if (best === undefined) return null
  const members = inOrder.filter((option) => option === best || !isBetter(best, option, first, margin))
  if (members.length === 1) return { recommended: best, tie: null, runnerUp: inOrder[1] ?? null }
  let left = members
  let brokenBy: Preference | null = null
  for (const by of further) {
    const [leader] = sorted(left, by)
    if (leader === undefined) break
    const remaining = left.filter((option) => option === leader || !isBetter(leader, option, by, margin))
    if (remaining.length < left.length) brokenBy = by
    left = remaining
    if (left.length === 1) break
  }
  const recommended = left[0] ?? best
  const isBroken = left.length === 1
  const others = [...left, ...members, ...inOrder].filter((option) => option !== recommended)
  return { recommended, tie: { members, by: first, brokenBy: isBroken ? brokenBy : null }, runnerUp: others[0] ?? null }
}

/** By latency (of the slowest 1 %, if all have it) and throughput. */
function isUndominated(option: JudgedOption, others: readonly JudgedOption[]): boolean {
  const latencyOf = frontLatency(others)
  const own = frontPoint(option, latencyOf)
  if (own === null) return false
  return others.every((other) => {
    const point = other === option ? null : frontPoint(other, latencyOf)
    if (point === null) return true
    const isAtLeastAsGood = point.latencyMs <= own.latencyMs && point.imagesPerSecond >= own.imagesPerSecond
    const isTheSame = point.latencyMs === own.latencyMs && point.imagesPerSecond === own.imagesPerSecond
    return !isAtLeastAsGood || isTheSame
  })
}

/** The latency that the front is drawn over: p99 if every option has it, otherwise p50. */
export function frontLatency(options: readonly CaseOption[]): 'p50' | 'p99' {
  return options.length > 0 && options.every(({ entry }) => isMeasured(entry.latencyMs.p99)) ? 'p99' : 'p50'
}

function frontPoint({ entry }: CaseOption, latency: 'p50' | 'p99') {
  const [latencyMs, imagesPerSecond] = [entry.latencyMs[latency].value, entry.imagesPerSecond.value]
  return latencyMs === null || imagesPerSecond === null ? null : { latencyMs, imagesPerSecond }
}

// What would change the answer.

function whatIfs(options: readonly CaseOption[], demands: Demands, choice: Chosen, margin: number): readonly WhatIf[] {
  const { recommended } = choice
  const [first = 'images-per-second'] = demands.prefer
  const again = (changed: Demands, of = options) => chosen(of, changed, margin).recommended
  const isWorthIt = (option: JudgedOption) => recommended === null || isBetter(option, recommended, first, margin)
  const withLimit = (name: LimitName, to: number) => ({ ...demands, limits: { ...demands.limits, [name]: to } })
  const limited = limitNames.filter((name) => demands.limits[name] !== undefined)
  const raised = limited.flatMap((name): readonly WhatIf[] => {
    const candidates = choice.options.flatMap((option) => {
      const open = option.standing === 'excluded' ? [] : option.results.filter(({ standing }) => standing !== 'met')
      const [only] = open
      const to = open.length === 1 && only?.name === name ? neededLimit(only) : null
      return to !== null && isWorthIt(option) ? [{ option, to }] : []
    })
    const [nearest] = candidates.toSorted(
      (left, right) => distance(demands, name, left.to) - distance(demands, name, right.to),
    )
    return nearest === undefined
      ? []
      : [{ kind: 'raise-limit', limit: { name, to: nearest.to }, option: nearest.option }]
  })
  const open = choice.options.filter((option) => option.standing === 'not-sure' && isWorthIt(option))
  const longer = sorted(open, first)
    .slice(0, 1)
    .map((option): WhatIf => ({ kind: 'measure-longer', limit: null, option }))
  if (recommended === null) return [...raised, ...longer]
  const tightened = limited.flatMap((name): readonly WhatIf[] => {
    const own = recommended.results.find((result) => result.name === name)
    const edge = own === undefined ? null : neededLimit(own)
    if (edge === null) return []
    const isAtLeast = limitFigures[name].isAtLeast === true
    const option = again(withLimit(name, edge * (isAtLeast ? 1 + 1e-9 : 1 - 1e-9)))
    return [{ kind: 'tighten-limit', limit: { name, to: edge }, option }]
  })
  const others = options.filter(({ entry }) => entry.backend !== recommended.entry.backend)
  const without: WhatIf = { kind: 'without-backend', limit: null, option: again(demands, others) }
  return [...raised, ...longer, ...tightened, ...(others.length === 0 ? [] : [without])]
}

/** The limit at which this figure surely meets it; null without a number. */
function neededLimit({ name, value, interval }: LimitResult): number | null {
  if (name === 'parity' || name === 'python' || value === null) return null
  if (needsInterval.has(name) && interval === null) return null
  const isAtLeast = limitFigures[name].isAtLeast === true
  return isAtLeast ? (interval?.low ?? value) : (interval?.high ?? value)
}

function distance({ limits }: Demands, name: LimitName, to: number): number {
  return Math.abs(Math.log(to / (limits[name] ?? to)))
}
