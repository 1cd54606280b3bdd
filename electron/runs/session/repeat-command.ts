// The command line that runs the same plan again. Backend options have no flags; a plan that has some gets a note that
// the command is incomplete.
import { hasFurtherOptions } from '../../../shared/domain/backend-measuring.ts'
import { optionWords } from '../../../shared/domain/option.ts'
import { launchBudgetOptions, marginOption, type Plan, widthRuleOptions } from '../../../shared/domain/plan.ts'
import { passWords } from '../../../shared/passes/index.ts'
import { backendWords, inputWords } from '../../../shared/planning/plan-words.ts'
import { shellWord } from '../../../shared/planning/shell-word.ts'

export function repeatCommand(plan: Plan): string {
  const named = plan.candidates.filter(({ artifact }) => artifact === undefined)
  const artifacts = [...new Set(plan.candidates.flatMap(({ artifact }) => artifact ?? []))]
  const words = [
    'enginebench run',
    `--model ${shellWord(plan.model)}`,
    ...backendWords(named),
    ...(artifacts.length === 0 ? [] : [`--artifact ${artifacts.join(',')}`]),
    `--batch ${plan.batchSizes.join(',')}`,
    ...inputWords(plan),
    `--preset ${plan.preset}`,
    `--seed ${plan.seed}`,
    ...passWords(plan.passes ?? {}),
    ...optionWords({ margin: marginOption }, plan),
    ...optionWords(launchBudgetOptions, plan.budget ?? {}),
    ...optionWords(widthRuleOptions, plan.widthRule ?? {}),
  ]
  const command = words.join(' ')
  const hasOptions = plan.candidates.some(hasFurtherOptions)
  return hasOptions ? `${command}  # backend options are in the record's plan` : command
}
