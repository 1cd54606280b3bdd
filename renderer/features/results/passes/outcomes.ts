// What came of one pass in a group: the cases that have it, those that have none with the reason, and whether it was
// asked for at all.
import type { NotMeasured } from '../../../../shared/domain/figure.ts'
import type { CaseRecord } from '../../../../shared/domain/run.ts'

export type PassField = 'coldStart' | 'timeSplit' | 'layerTimes' | 'offline' | 'server' | 'limits'
type Outcome<Field extends PassField> = NonNullable<CaseRecord[Field]>
type MeasuredOutcome<Field extends PassField> = Exclude<Outcome<Field>, NotMeasured>

export interface MeasuredCase<Pass> {
  readonly record: CaseRecord
  readonly pass: Pass
}

export interface Outcomes<Pass> {
  readonly measured: readonly MeasuredCase<Pass>[]
  readonly refused: readonly { readonly record: CaseRecord; readonly reason: string }[]
  /** False where no case of the group knows of this pass: the plan did not ask for it. */
  readonly asked: boolean
}

export function outcomesOf<Field extends PassField>(
  cases: readonly CaseRecord[],
  field: Field,
): Outcomes<MeasuredOutcome<Field>> {
  const measured: MeasuredCase<MeasuredOutcome<Field>>[] = []
  const refused: { record: CaseRecord; reason: string }[] = []
  for (const record of cases) {
    const pass = record[field]
    if (pass === undefined) continue
    if (isMeasuredOutcome<Field>(pass)) measured.push({ record, pass })
    else if (isNotMeasured(pass)) refused.push({ record, reason: pass.notMeasured })
  }
  return { measured, refused, asked: measured.length + refused.length > 0 }
}

function isNotMeasured(pass: object): pass is NotMeasured {
  return 'notMeasured' in pass
}

function isMeasuredOutcome<Field extends PassField>(pass: object): pass is MeasuredOutcome<Field> {
  return !isNotMeasured(pass)
}
