// What stands in a row's speedup column: the baseline itself, a claim (or its refusal), or the absence of one.
import type { CaseRecord, GroupRecord } from '../../../shared/domain/run.ts'

export function standingOf(record: CaseRecord, group: GroupRecord): 'baseline' | 'claimed' | 'absent' {
  if (record.state !== 'completed') return 'absent'
  return record.caseKey === group.baseline ? 'baseline' : 'claimed'
}
