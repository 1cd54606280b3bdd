// What is measured beside the rounds: a switch a pass, and the few numbers of those that are on. What cannot be measured
// here is greyed with its reason, never hidden.
import { fewestColdStarts } from '../../../shared/domain/passes.ts'
import type { Plan } from '../../../shared/domain/plan.ts'
import { notMlperf } from '../../../shared/domain/serving.ts'
import { ChoiceRow, NumberField, Switch } from '../../components/form-fields.tsx'
import { passWords } from '../../format/pass-words.ts'
import { changePasses, hasPass, type PassName, passNames, togglePass } from '../../state/pass-draft.ts'

export function PassChoice({ plan }: { readonly plan: Plan }) {
  const { passes } = plan
  return (
    <ChoiceRow
      title="Measure beside the rounds"
      note="after them, each candidate alone; their figures stay as they are"
    >
      <div className="pass-switches">
        {passNames.map((name) => {
          const obstacle = obstacleOf(name, plan)
          return (
            <Switch
              key={name}
              on={hasPass(plan, name)}
              disabled={obstacle !== null && !hasPass(plan, name)}
              title={obstacle ?? passWords[name].tells}
              onToggle={() => togglePass(name)}
            >
              {passWords[name].title}
            </Switch>
          )
        })}
        {plan.device === 'cpu' && <span className="micro faint">Energy: {obstacleOf('energy', plan)}</span>}
      </div>
      {passes && (
        <div className="choices">
          {passes.coldStart && (
            <NumberField
              label="cold start in"
              unit="processes"
              value={passes.coldStart.launches}
              min={fewestColdStarts}
              max={50}
              onChange={(launches) => changePasses({ coldStart: { launches } })}
            />
          )}
          {passes.energy && (
            <NumberField
              label="energy over"
              unit="s"
              value={Math.round(passes.energy.blockMs / 1000)}
              min={10}
              max={300}
              onChange={(seconds) => changePasses({ energy: { blockMs: seconds * 1000 } })}
            />
          )}
          {passes.offline && (
            <NumberField
              label="offline, at least"
              unit="images"
              value={passes.offline.images}
              min={1}
              max={10_000_000}
              onChange={(images) => changePasses({ offline: { images } })}
            />
          )}
          {passes.server && (
            <NumberField
              label={`server, p${passes.server.percentile} within`}
              unit="ms"
              value={Math.max(1, Math.round(passes.server.latencyBoundMs))}
              min={1}
              max={600_000}
              onChange={(latencyBoundMs) =>
                passes.server && changePasses({ server: { ...passes.server, latencyBoundMs } })
              }
            />
          )}
          {(passes.offline || passes.server) && <span className="micro faint">{notMlperf}</span>}
          {passes.limits && !passes.timeSplit && <span className="micro faint">limits take the time split along</span>}
        </div>
      )}
    </ChoiceRow>
  )
}

function obstacleOf(name: PassName, { device }: Plan): string | null {
  if (name !== 'energy' || device === 'cuda') return null
  return 'only on a GPU, whose board has a counter; the processor’s is not read'
}
