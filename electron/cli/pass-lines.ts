// Results of a case's passes, one line each; the record and the report hold more.
import type { CaseRecord } from '../../shared/domain/run.ts'
import { passIds, passOf } from '../../shared/passes/index.ts'
import { measuredOf } from '../../shared/passes/pass.ts'

/** One line for each pass that the plan asked for. */
export function passLines(record: CaseRecord): readonly string[] {
  return passIds.map(passOf).flatMap(({ field, title, line }) => {
    const result = record[field]
    if (result === undefined) return []
    const measured = measuredOf<object>(result)
    const text =
      measured === null ? `not measured: ${'notMeasured' in result ? result.notMeasured : ''}` : line(measured, record)
    return [`${record.caseKey}: ${title.toLowerCase()}: ${text}`]
  })
}
