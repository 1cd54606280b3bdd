// The command line that asks for the same plan again. Options of a backend have no place on it; a plan that has some is
// named as such, so that the command never claims to be more than it is.
import type { Plan } from '../../shared/domain/plan.ts'
import { shellWord } from '../../shared/planning/shell-word.ts'
import { passWords } from './pass-words.ts'

export function repeatCommand(plan: Plan): string {
  const named = plan.candidates.filter(({ artifact }) => artifact === undefined)
  const artifacts = [...new Set(plan.candidates.flatMap(({ artifact }) => artifact ?? []))]
  const words = [
    'enginebench run',
    `--model ${shellWord(plan.model)}`,
    named.length === 0
      ? ''
      : `--backends ${named.map(({ backend, precision }) => `${backend}:${precision}`).join(',')}`,
    artifacts.length === 0 ? '' : `--artifact ${artifacts.join(',')}`,
    `--batch ${plan.batchSizes.join(',')}`,
    plan.imageFolder === null ? '' : `--images ${shellWord(plan.imageFolder)}`,
    `--image-limit ${plan.imageLimit}`,
    plan.inputSize === null ? '' : `--size ${plan.inputSize}`,
    `--weights ${plan.weights.kind === 'folder' ? shellWord(plan.weights.folder) : plan.weights.kind}`,
    `--device ${plan.device}`,
    `--threads ${plan.threads}`,
    plan.opset === null ? '' : `--opset ${plan.opset}`,
    `--preset ${plan.preset}`,
    `--seed ${plan.seed}`,
    ...passWords(plan),
  ]
  const command = words.filter((word) => word !== '').join(' ')
  const hasOptions = plan.candidates.some(({ options }) => Object.keys(options).length > 0)
  return hasOptions ? `${command}  # backend options are in the record's plan` : command
}
