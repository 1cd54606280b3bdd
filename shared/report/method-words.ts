// How a run was measured, in words: its noise floor, the builds of its engines, the rounds that the width rule added.
import type { AppliedNoiseFloor } from '../domain/noise-floor.ts'
import type { CaseRecord, GroupRecord, RunRecord } from '../domain/run.ts'
import { isSingleBuild } from '../statistics/group-speedups.ts'
import { floorValue } from '../statistics/noise-floor.ts'
import { deadZone } from '../statistics/verdict.ts'
import { capitalized, countText, percentText, rangeText } from './figure-text.ts'

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

// How many rounds the width rule added after the preset's own.

/** `batch 1: 4 in each launch; batch 8: 0, 6, 4 (until ±2.0 %, at most 20 min)`; null if the plan has no such rule. */
export function addedRoundsWords({ plan: { widthRule }, groups }: Pick<RunRecord, 'plan' | 'groups'>): string | null {
  if (widthRule === undefined) return null
  const told = groups.flatMap(({ addedRounds, batchSize }) =>
    addedRounds === undefined ? [] : [`batch ${batchSize}: ${launchesText(addedRounds)}`],
  )
  const rule = `until ±${percentText(widthRule.halfWidth)}, at most ${countText(widthRule.budgetMs / 60_000)} min`
  return `${told.length === 0 ? 'none' : told.join('; ')} (${rule})`
}

function launchesText(added: readonly number[]): string {
  const [first = 0] = added
  if (added.some((rounds) => rounds !== first)) return added.map((rounds) => String(rounds)).join(', ')
  return added.length > 1 && first > 0 ? `${first} in each launch` : String(first)
}
