// The command line that runs the same sweep again. Leaves out backend options and artifacts; a plan that has some gets
// a note.
import { hasFurtherOptions } from '../domain/backend-measuring.ts'
import type { SweepPlan } from '../domain/sweep.ts'
import { backendWords, inputWords } from './plan-words.ts'
import { shellWord } from './shell-word.ts'

export function sweepCommand(plan: SweepPlan): string {
  const named = plan.candidates.filter(({ artifact }) => artifact === undefined)
  const words = [
    'enginebench sweep',
    `--model ${shellWord(plan.model)}`,
    ...backendWords(named),
    `--batch ${plan.batchSizes.join(',')}`,
    `--streams ${plan.streams.join(',')}`,
    `--point ${plan.pointMs / 1000}`,
    ...inputWords(plan),
    `--seed ${plan.seed}`,
  ]
  const command = words.join(' ')
  const isWhole = named.length === plan.candidates.length
  const hasOptions = plan.candidates.some(hasFurtherOptions)
  return isWhole && !hasOptions ? command : `${command}  # the rest is in the record's plan`
}
