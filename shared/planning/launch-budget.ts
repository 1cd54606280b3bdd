// How many launches a group may have, how many rounds each has, and when its launches end. A launch costs its start
// (loading and warm-up) before it measures anything, so the number of rounds depends on what starting costs. Pure. Units:
// milliseconds, counts.
import { type Plan, type PresetName, presetBudgets } from '../domain/plan.ts'
import type { GroupRecord, GroupStop, RunRecord } from '../domain/run.ts'
import { sequentialDesign } from '../statistics/sequential.ts'

export interface LaunchBudget {
  readonly mostLaunches: number
  /** Null: no limit. */
  readonly budgetMs: number | null
}

/**
 * Without a comparison nothing decides when to stop, so the number of launches is fixed. The intervals of latency and
 * throughput are over launches, and five are enough for one.
 */
const launchesWithoutComparison: Readonly<Record<PresetName, number>> = { quick: 5, standard: 8, rigorous: 12 }

/** @param comparisons how many cases of the group are compared with its baseline. */
export function launchBudget(
  { preset, budget, widthRule }: Pick<Plan, 'preset' | 'budget' | 'widthRule'>,
  comparisons: number,
): LaunchBudget {
  const isNarrowing = widthRule !== undefined && comparisons > 0
  // Narrow intervals take as many launches as the design has, in the time that the rule gives.
  const usual = isNarrowing ? { ...continuedBudget, budgetMs: widthRule.budgetMs } : presetBudgets[preset]
  return {
    mostLaunches: budget?.mostLaunches ?? (comparisons > 0 ? usual.mostLaunches : launchesWithoutComparison[preset]),
    budgetMs: budget?.budgetMs ?? usual.budgetMs,
  }
}

/** Of a run that is continued: up to the last look, for as long as its user lets it go on. */
export const continuedBudget: LaunchBudget = {
  mostLaunches: sequentialDesign.looks.at(-1) ?? 0,
  budgetMs: null,
}

/** Groups that further launches may decide: with an undecided comparison, and a look to come. */
export function continuableGroups({ groups }: Pick<RunRecord, 'groups'>): readonly GroupRecord[] {
  return groups.filter(
    ({ launches = [], cases }) =>
      launches.length < continuedBudget.mostLaunches && cases.some(({ speedup }) => speedup.verdict === 'undecided'),
  )
}

/** Rounds of a launch that no second one follows, and the most that any has. */
const roundsOfOnlyLaunch = 12

/** Rounds of each launch before the cost of starting is known. */
export function fewestRoundsPerLaunch({ mostLaunches }: LaunchBudget): number {
  return mostLaunches === 1 ? roundsOfOnlyLaunch : sequentialDesign.roundsPerLaunch
}

/** What one launch of a group costs, over all of its cases. */
export interface LaunchCost {
  /** Starting, loading and warming up every worker. */
  readonly startMs: number
  /** One block of every case. */
  readonly roundMs: number
}

export function launchMs({ startMs, roundMs }: LaunchCost, rounds: number): number {
  return startMs + rounds * roundMs
}

/**
 * Rounds of every launch of a group, chosen once, from what its first start cost. If launches scatter about as much as
 * blocks, sqrt(start / round) rounds give the narrowest interval for the time. Never fewer than the design's, never more
 * than an only launch has, and never so many that the first look would no longer fit the time.
 */
export function roundsPerLaunch(cost: LaunchCost, budget: LaunchBudget): number {
  const { roundsPerLaunch: fewest, looks } = sequentialDesign
  const fitting = (rounds: number) => fittingLaunches(cost, rounds, budget)
  if (fitting(fewest) < 2) return roundsOfOnlyLaunch
  const firstLook = looks[0] ?? 0
  let rounds = Math.min(roundsOfOnlyLaunch, Math.max(fewest, Math.round(Math.sqrt(cost.startMs / cost.roundMs))))
  while (rounds > fewest && fitting(rounds) < firstLook && fitting(fewest) >= firstLook) rounds -= 1
  return rounds
}

/** How many launches fit the budget; the first is always made. */
export function fittingLaunches(cost: LaunchCost, rounds: number, { mostLaunches, budgetMs }: LaunchBudget): number {
  if (budgetMs === null) return mostLaunches
  return Math.min(mostLaunches, Math.max(1, Math.floor(budgetMs / launchMs(cost, rounds))))
}

export interface LaunchesSoFar {
  readonly launches: number
  /** Of all of them together. */
  readonly elapsedMs: number
  /** Expected duration of the next one. */
  readonly nextMs: number
  /** Whether every comparison is decided at a look; false if there is none. */
  readonly isDecided: boolean
}

/** Why no further launch begins: null if one does. None begins that would not fit the time that is left. */
export function stopAfter(
  { launches, elapsedMs, nextMs, isDecided }: LaunchesSoFar,
  { mostLaunches, budgetMs }: LaunchBudget,
): GroupStop | null {
  if (isDecided) return 'decided'
  if (launches >= mostLaunches) return 'launches'
  return budgetMs !== null && elapsedMs + nextMs > budgetMs ? 'time' : null
}

/** Launches after which the next look is; null after the last look, or if the budget ends before it. */
export function nextLook(launches: number, { mostLaunches }: Pick<LaunchBudget, 'mostLaunches'>): number | null {
  const next = sequentialDesign.looks.find((look) => look > launches) ?? null
  return next === null || next > mostLaunches ? null : next
}
