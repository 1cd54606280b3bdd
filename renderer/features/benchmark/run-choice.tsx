// How the plan is measured: weights, preset, device, threads, seed.
import type { Gpu } from '../../../shared/domain/fingerprint.ts'
import { bringsWeights, type ModelManifest } from '../../../shared/domain/model.ts'
import {
  defaultMargin,
  marginOption,
  type Plan,
  presetBudgets,
  presetNameSchema,
  widthRuleOptions,
} from '../../../shared/domain/plan.ts'
import { limitWords } from '../../../shared/report/method-words.ts'
import { Button } from '../../components/button.tsx'
import { ChoiceRow, NumberField, OptionField, Segments } from '../../components/form-fields.tsx'
import { cardSegments } from '../../format/gpu.ts'
import { useMachine } from '../../state/application.ts'
import { changeWidthRule, chooseDevice, usualWidthRule } from '../../state/pass-draft.ts'
import { changePlan, chooseWeightsFolder } from '../../state/plan-draft.ts'
import { PassChoice } from './pass-choice.tsx'

const largestSeed = 4_294_967_295

interface RunChoiceProps {
  readonly plan: Plan
  readonly manifest: ModelManifest | null
}

export function RunChoice({ plan, manifest }: RunChoiceProps) {
  const machine = useMachine()
  const hasWeights = manifest !== null && bringsWeights(manifest)
  return (
    <>
      {!hasWeights && (
        <ChoiceRow title="Weights" note={weightsNote(plan)}>
          <Segments
            label="Weights"
            value={plan.weights.kind}
            segments={[
              { value: 'auto', label: 'Real if available' },
              { value: 'hub', label: 'Real only' },
              { value: 'seeded', label: 'Seeded' },
              { value: 'folder', label: 'From a folder' },
            ]}
            onChange={(kind) => (kind === 'folder' ? void chooseWeightsFolder() : changePlan({ weights: { kind } }))}
          />
          {plan.weights.kind === 'folder' && (
            <>
              <span>{plan.weights.folder}</span>
              <Button kind="plain" onClick={() => void chooseWeightsFolder()}>
                Choose another
              </Button>
            </>
          )}
        </ChoiceRow>
      )}
      <ChoiceRow title="Preset" note="at most; it ends when every comparison is decided">
        <Segments
          label="Preset"
          value={plan.preset}
          segments={presetNameSchema.options.map((name) => ({
            value: name,
            label: `${name} · ${limitWords(presetBudgets[name])}`,
          }))}
          onChange={(preset) => changePlan({ preset })}
        />
        <NumberField
          label="seed"
          unit=""
          value={plan.seed}
          min={0}
          max={largestSeed}
          onChange={(seed) => changePlan({ seed })}
        />
      </ChoiceRow>
      <ChoiceRow title="Margin" note="a winner must differ by more">
        <OptionField
          option={marginOption}
          value={plan.margin ?? defaultMargin}
          onChange={(margin) => changePlan({ margin })}
        />
      </ChoiceRow>
      <WidthChoice plan={plan} />
      <ChoiceRow title="Device" note="every CPU candidate uses the same number of threads">
        <Segments
          label="Device"
          value={plan.device}
          segments={[{ value: 'cpu', label: 'CPU' }, ...gpuSegments(machine.data?.gpus ?? [])]}
          onChange={chooseDevice}
        />
        <NumberField
          label="with"
          unit="threads"
          value={plan.threads}
          min={1}
          max={machine.data?.logicalCores ?? 1024}
          onChange={(threads) => changePlan({ threads })}
        />
      </ChoiceRow>
      <PassChoice plan={plan} />
    </>
  )
}

/** Each card by its name, in CUDA's order; with one card or none, CUDA. */
function gpuSegments(gpus: readonly Gpu[]) {
  if (gpus.length < 2) {
    const [only] = gpus
    const title = only?.name ?? 'no NVIDIA GPU found on this machine'
    return [{ value: 'cuda', label: 'CUDA', disabled: only === undefined, title }]
  }
  return cardSegments(gpus)
}

function weightsNote(plan: Plan): string {
  if (plan.weights.kind === 'seeded') return 'seeded weights: timing valid, predictions not'
  return plan.weights.kind === 'auto' ? 'seeded where real weights are not available' : 'safetensors only'
}

/** Launches after the decision: a rule that is fixed before the run and may only add launches. */
function WidthChoice({ plan: { widthRule } }: { readonly plan: Plan }) {
  return (
    <ChoiceRow title="Added launches" note="the rule is set before the run and can only add launches">
      <Segments
        label="Added launches"
        value={widthRule ? 'rule' : 'none'}
        segments={[
          { value: 'none', label: 'None' },
          { value: 'rule', label: 'Until intervals are narrow' },
        ]}
        onChange={(choice) => changeWidthRule(choice === 'rule' ? (widthRule ?? usualWidthRule) : null)}
      />
      {widthRule && (
        <>
          <OptionField
            option={widthRuleOptions.halfWidth}
            value={widthRule.halfWidth}
            onChange={(halfWidth) => changeWidthRule({ ...widthRule, halfWidth })}
          />
          <OptionField
            option={widthRuleOptions.budgetMs}
            value={widthRule.budgetMs}
            onChange={(budgetMs) => changeWidthRule({ ...widthRule, budgetMs })}
          />
        </>
      )}
    </ChoiceRow>
  )
}
