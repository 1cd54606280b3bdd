// Extra measurements: a switch for each pass, and the numbers of those that are on. A pass that cannot be measured here
// is greyed with its reason, never hidden.
import type { Plan } from '../../../shared/domain/plan.ts'
import { fieldsOf, idsOf, passIds, passObstacle, passOf } from '../../../shared/passes/index.ts'
import { ChoiceRow, OptionField, Switch } from '../../components/form-fields.tsx'
import { changePassField, hasPass, togglePass } from '../../state/pass-draft.ts'

export function PassChoice({ plan }: { readonly plan: Plan }) {
  const { passes = {}, device } = plan
  const obstacles = passIds.map((id) => ({ id, obstacle: passObstacle(id, { device, backend: null }) }))
  const notes = new Set(idsOf(passes).flatMap((id) => passOf(id).formNote ?? []))
  return (
    <ChoiceRow title="Extra measurements" note="after the rounds, one candidate at a time; latencies stay as they are">
      <div className="pass-switches">
        {obstacles.map(({ id, obstacle }) => (
          <Switch
            key={id}
            on={hasPass(plan, id)}
            disabled={obstacle !== null && !hasPass(plan, id)}
            title={obstacle ?? passOf(id).tells}
            onToggle={() => togglePass(id)}
          >
            {passOf(id).title}
          </Switch>
        ))}
        {obstacles.map(
          ({ id, obstacle }) =>
            obstacle !== null && (
              <span key={id} className="micro faint">
                {passOf(id).title}: {obstacle}
              </span>
            ),
        )}
      </div>
      {plan.passes && (
        <div className="choices">
          {fieldsOf(passes).map(
            ({ id, key, option, value }) =>
              value !== null &&
              option.label !== undefined && (
                <OptionField
                  key={option.flag}
                  option={option}
                  value={value}
                  onChange={(next) => changePassField(id, key, next)}
                />
              ),
          )}
          {[...notes].map((note) => (
            <span key={note} className="micro faint">
              {note}
            </span>
          ))}
        </div>
      )}
    </ChoiceRow>
  )
}
