// The order of rows: fastest first, the baseline at its 1 ×, refused after what is claimed, what did not complete last.
import type { CaseRecord, GroupRecord } from '../domain/run.ts'

export function orderedCases(group: GroupRecord): readonly CaseRecord[] {
  return [...group.cases].sort((left, right) => rankOf(right, group) - rankOf(left, group))
}

function rankOf({ caseKey, state, speedup }: CaseRecord, { baseline }: GroupRecord): number {
  if (state !== 'completed') return -2
  if (caseKey === baseline) return 1
  return speedup.verdict === 'refused' ? -1 : (speedup.value ?? -1)
}
