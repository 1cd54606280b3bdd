// Rounds beyond the preset's: a rule that is fixed before the run and may only add.
import type { Plan } from '../../../shared/domain/plan.ts'
import { ChoiceRow } from '../../components/choice-row.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { Segments } from '../../components/segments.tsx'
import { changeWidthRule } from '../../state/pass-draft.ts'

const usual = { halfWidth: 0.02, budgetMs: 20 * 60_000 }

export function WidthChoice({ plan: { widthRule } }: { readonly plan: Plan }) {
  return (
    <ChoiceRow title="Added rounds" note="a rule fixed beforehand may only add">
      <Segments
        label="Added rounds"
        value={widthRule ? 'rule' : 'none'}
        segments={[
          { value: 'none', label: 'None' },
          { value: 'rule', label: 'Until intervals are narrow' },
        ]}
        onChange={(choice) => changeWidthRule(choice === 'rule' ? (widthRule ?? usual) : null)}
      />
      {widthRule && (
        <>
          <NumberField
            label="add rounds until ±"
            unit="%"
            value={Math.round(widthRule.halfWidth * 100)}
            min={1}
            max={50}
            onChange={(percent) => changeWidthRule({ ...widthRule, halfWidth: percent / 100 })}
          />
          <NumberField
            label="at most"
            unit="minutes"
            value={Math.max(1, Math.round(widthRule.budgetMs / 60_000))}
            min={1}
            max={1_440}
            onChange={(minutes) => changeWidthRule({ ...widthRule, budgetMs: minutes * 60_000 })}
          />
        </>
      )}
    </ChoiceRow>
  )
}
