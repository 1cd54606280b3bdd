// What one comparison of a case with itself gives towards a noise floor. Read from samples, not from the summaries: a
// pair that was told apart is refused as a claim, and is just what a floor must not leave out.
import type { GroupRecord } from '../domain/run.ts'
import type { BlocksOf } from './block-samples.ts'
import { isCopyOf } from './identical-pair.ts'
import { refusalReason, roundsRefusal } from './refusal.ts'
import { speedupOf } from './speedup.ts'
import { excludesEquality } from './verdict.ts'

export type IdenticalComparison =
  | { readonly ratio: number; readonly excludesOne: boolean }
  /** Why it says nothing: no speedup would be shown in its place either. */
  | { readonly refused: string }

const level = 0.95

/** Of the baseline with its first copy. */
export function compareIdentical(
  group: Pick<GroupRecord, 'baseline' | 'cases'>,
  blocksOf: BlocksOf,
): IdenticalComparison {
  const baseline = group.cases.find(({ caseKey }) => caseKey === group.baseline)
  const copy = group.cases.find((entry) => baseline !== undefined && entry !== baseline && isCopyOf(entry, baseline))
  if (copy === undefined) return { refused: 'no case is listed twice' }
  const estimate = speedupOf(blocksOf(group.baseline), blocksOf(copy.caseKey))
  const refused = refusalReason(copy, baseline) ?? roundsRefusal(estimate?.fewestRounds ?? 0)
  if (refused !== null || estimate === null) return { refused: refused ?? 'no round has a block of both' }
  const interval = estimate.intervalAt(level)
  return { ratio: estimate.value, excludesOne: interval !== null && excludesEquality(interval) }
}
