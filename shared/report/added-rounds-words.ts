// How many rounds the width rule added after the preset's own.
import type { RunRecord } from '../domain/run.ts'
import { countText, percentText } from './figure-text.ts'

/** `batch 1: 4 in each launch; batch 8: 0, 6, 4 (until ±2.0 %, at most 20 min)`; null where the plan has no such rule. */
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
