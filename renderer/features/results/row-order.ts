// The order of rows: fastest first, refused after what is claimed, what did not complete last.
import type { CaseRecord, GroupRecord } from '../../../shared/domain/run.ts'

export function orderedCases(group: GroupRecord): readonly CaseRecord[] {
  return [...group.cases].sort((a, b) => rankOf(b, group) - rankOf(a, group))
}

function rankOf(record: CaseRecord, group: GroupRecord): number {
  if (record.state !== 'completed') return -2
  if (record.caseKey === group.baseline) return 1
  return record.speedup.verdict === 'refused' ? -1 : (record.speedup.value ?? -1)
}

export function standingOf(record: CaseRecord, group: GroupRecord): 'baseline' | 'claimed' | 'absent' {
  if (record.state !== 'completed') return 'absent'
  return record.caseKey === group.baseline ? 'baseline' : 'claimed'
}
