// The parts of every pass section: a title that states the finding, the chart or its table, which cases were not
// measured and why, and the method. If the run never asked for the pass: which option to tick, with a button for it.

import { type CaseRecord, type GroupRecord, hasSeededWeights, type RunRecord } from '../../../../shared/domain/run.ts'
import { type PassField, type PassId, passOf } from '../../../../shared/passes/index.ts'
import { type Measured, measuredOf } from '../../../../shared/passes/pass.ts'
import { caseName } from '../../../../shared/report/case-words.ts'
import { Mark } from '../../../components/backend-mark.tsx'
import { Button } from '../../../components/button.tsx'
import { planAgainWith } from '../../../state/pass-draft.ts'
import { goTo } from '../../../state/place.ts'

/** The properties of each section. */
export interface PassSectionProps {
  readonly record: RunRecord
  readonly group: GroupRecord
  /** In the order of the rows above. */
  readonly cases: readonly CaseRecord[]
  readonly selected: CaseRecord
  readonly asTable: boolean
}

interface PassPanelProps {
  readonly title: string
  /** The plotted quantity with its unit. */
  readonly what: string
  readonly record: RunRecord
  readonly refused: readonly { readonly record: CaseRecord; readonly reason: string }[]
  /** n, the method and caveats, one line each. */
  readonly notes: readonly string[]
  readonly children: React.ReactNode
}

export function PassPanel({ title, what, record, refused, notes, children }: PassPanelProps) {
  const limits = `${record.simulated ? ', simulated' : ''}${hasSeededWeights(record) ? ', seeded weights' : ''}`
  return (
    <section aria-label={title} className="pass-panel">
      <h2>
        {title}{' '}
        <small>
          {what}
          {limits}
        </small>
      </h2>
      {children}
      {refused.length > 0 && (
        <ul className="refused-list small" aria-label="Not measured">
          {refused.map(({ record: each, reason }) => (
            <li key={each.caseKey}>
              <Mark backend={each.backend} precision={each.precision} radius={3.8} />
              <span>{caseName(each)}</span>
              <span className="quiet">not measured: {reason}</span>
            </li>
          ))}
        </ul>
      )}
      {notes.map((note) => (
        <p key={note} className="micro faint">
          {note}
        </p>
      ))}
    </section>
  )
}

export function UnaskedPass({ pass, record }: { readonly pass: PassId; readonly record: RunRecord }) {
  const { title, tells } = passOf(pass)
  const plan = () => {
    planAgainWith(record.plan, pass)
    goTo('benchmark')
  }
  return (
    <section aria-label={title} className="pass-panel unasked">
      <h2>{title}: not measured in this run</h2>
      <p className="quiet">
        {tells} Tick "{title}" under "Extra measurements" on Benchmark: it runs after the rounds and does not change
        their figures.
      </p>
      <Button onClick={plan}>Plan it again with {title.toLowerCase()}</Button>
    </section>
  )
}

type Outcome<Field extends PassField> = NonNullable<CaseRecord[Field]>
type MeasuredOutcome<Field extends PassField> = Measured<Outcome<Field>>

export interface MeasuredCase<Pass> {
  readonly record: CaseRecord
  readonly pass: Pass
}

export interface Outcomes<Pass> {
  readonly measured: readonly MeasuredCase<Pass>[]
  readonly refused: readonly { readonly record: CaseRecord; readonly reason: string }[]
  /** False if no case of the group has this pass: the plan did not ask for it. */
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
    const outcome = measuredOf<Outcome<Field>>(pass)
    if (outcome !== null) measured.push({ record, pass: outcome })
    else if ('notMeasured' in pass) refused.push({ record, reason: pass.notMeasured })
  }
  return { measured, refused, asked: measured.length + refused.length > 0 }
}
