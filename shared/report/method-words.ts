// How a run was measured, in words: its noise floor, the builds of its engines, the rounds that the width rule added.
import type { AppliedNoiseFloor } from '../domain/noise-floor.ts'
import { type Plan, presetBudgets, presets } from '../domain/plan.ts'
import { type CaseRecord, type GroupRecord, hasLooks, type RunRecord } from '../domain/run.ts'
import { type LaunchBudget, launchBudget } from '../planning/launch-budget.ts'
import { isSingleBuild } from '../statistics/group-speedups.ts'
import { floorValue } from '../statistics/noise-floor.ts'
import { sequentialDesign } from '../statistics/sequential.ts'
import { deadZone } from '../statistics/verdict.ts'
import { capitalized, countText, percentText, rangeText } from './figure-text.ts'
import { launchesText, protocolOf, stoppedWords } from './verdict-words.ts'

// The smallest difference a run could show, and how that is known. A floor is how much two copies of the same code
// differ here.

/** `2.4 %: identical code differed by up to 2.4 % (1.7 – 3.4 %) in 95 % of 40 comparisons (…)`. */
export function noiseFloorWords(floor: AppliedNoiseFloor | undefined): string {
  const zone = `${percentText(deadZone(floorValue(floor)))}`
  if (floor === undefined) return zone
  if ('notMeasured' in floor) return `${zone}. ${capitalized(floor.notMeasured)}`
  const { value, interval, comparisons, subject, measuredAt, preset, protocol } = floor
  const range = rangeText(interval, (share) => (share * 100).toFixed(1))
  if (protocol === 2) {
    return `launches of identical code differed by up to ${percentText(value)} (${range} %) in 95 % of ${comparisons} (${subject}; ${measuredAt.slice(0, 10)}); the mean of several differs less`
  }
  return `${zone}: identical code differed by up to ${percentText(value)} (${range} %) in 95 % of ${comparisons} comparisons (${preset}; ${subject}; ${measuredAt.slice(0, 10)})`
}

// A TensorRT engine is chosen by timing kernels while it is built, so another build of the same network can be faster
// or slower. A speedup from one build says so.

/** Null if nothing is claimed, or the claim does not depend on a single build. */
export function singleBuildWords(entry: CaseRecord, { cases }: Pick<GroupRecord, 'cases'>): string | null {
  const { speedup, state, steadiness } = entry
  // Warm-up once per launch.
  const launches = steadiness.length
  if (state !== 'completed' || speedup.value === null || !isSingleBuild(entry, cases, launches)) return null
  return 'of one build; another build of the same engine may be faster or slower (convert --builds shows by how much)'
}

// The design of a run. Protocol 1 fixes launches and rounds; since protocol 2 a preset only limits launches and time.

/** `8 launches or 1 min`, `32 launches`. */
export function limitWords({ mostLaunches, budgetMs }: LaunchBudget): string {
  const launches = launchesText(mostLaunches)
  return budgetMs === null ? launches : `${launches} or ${countText(Math.max(1, Math.round(budgetMs / 60_000)))} min`
}

/** `at most 20 launches or 10 min for each batch size, until every comparison is decided`. */
export function budgetWords(plan: Pick<Plan, 'preset' | 'budget' | 'widthRule' | 'candidates'>): string {
  const compared = plan.candidates.length - (presetBudgets[plan.preset].withIdenticalPair ? 0 : 1)
  const narrow = plan.widthRule ? ` and its interval reaches at most ±${percentText(plan.widthRule.halfWidth)}` : ''
  const until = compared > 0 ? `, until every comparison is decided${narrow}` : ''
  return `at most ${limitWords(launchBudget(plan, compared))} for each batch size${until}`
}

/** `quick: 1 launch × 12 rounds`; `standard: at most 20 launches or 10 min …; looks after 5, 8, 12 and 20`. */
export function designWords({ plan, protocol }: Pick<RunRecord, 'plan' | 'protocol'>): string {
  if (protocolOf({ protocol }) === 1) {
    const { launches, rounds } = presets[plan.preset]
    return `${plan.preset}: ${launchesText(launches)} × ${rounds} rounds`
  }
  const { mostLaunches } = launchBudget(plan, Math.max(1, plan.candidates.length - 1))
  const looks = sequentialDesign.looks.filter((look) => look <= mostLaunches)
  return `${plan.preset}: ${budgetWords(plan)}${looks.length === 0 ? '' : `; looks after ${listed(looks)} launches`}`
}

function listed(numbers: readonly number[]): string {
  return numbers.length < 2 ? numbers.join('') : `${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`
}

/** `batch 1: decided after 8 launches of 4 rounds`; null in protocol 1. */
export function launchesWords({ groups }: Pick<RunRecord, 'groups'>): string | null {
  const told = groups.flatMap((group) => {
    const stopped = stoppedWords(group)
    const rounds = group.roundsPerLaunch === undefined ? '' : ` of ${group.roundsPerLaunch} rounds`
    return stopped === null ? [] : [`batch ${group.batchSize}: ${stopped}${rounds}`]
  })
  return told.length === 0 ? null : told.join('; ')
}

// How many rounds the width rule of protocol 1 added after the preset's own.

/** `batch 1: 4 in each launch; batch 8: 0, 6, 4 (until ±2.0 %, at most 20 min)`; null if the plan has no such rule. */
export function addedRoundsWords({
  protocol,
  plan: { widthRule },
  groups,
}: Pick<RunRecord, 'protocol' | 'plan' | 'groups'>): string | null {
  if (widthRule === undefined || hasLooks(protocol)) return null
  const told = groups.flatMap(({ addedRounds, batchSize }) =>
    addedRounds === undefined ? [] : [`batch ${batchSize}: ${addedText(addedRounds)}`],
  )
  const rule = `until ±${percentText(widthRule.halfWidth)}, at most ${countText(widthRule.budgetMs / 60_000)} min`
  return `${told.length === 0 ? 'none' : told.join('; ')} (${rule})`
}

function addedText(added: readonly number[]): string {
  const [first = 0] = added
  if (added.some((rounds) => rounds !== first)) return added.map((rounds) => String(rounds)).join(', ')
  return added.length > 1 && first > 0 ? `${first} in each launch` : String(first)
}
