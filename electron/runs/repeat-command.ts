// The command line that asks for the same plan again. Options of a backend have no place on it; a plan that has some is
// named as such, so that the command never claims to be more than it is.
import type { Plan } from '../../shared/domain/plan.ts'

export function repeatCommand(plan: Plan): string {
  const words = [
    'enginebench run',
    `--model ${quoted(plan.model)}`,
    `--backends ${plan.candidates.map(({ backend, precision }) => `${backend}:${precision}`).join(',')}`,
    `--batch ${plan.batchSizes.join(',')}`,
    plan.imageFolder === null ? '' : `--images ${quoted(plan.imageFolder)}`,
    `--image-limit ${plan.imageLimit}`,
    plan.inputSize === null ? '' : `--size ${plan.inputSize}`,
    `--weights ${plan.weights.kind === 'folder' ? quoted(plan.weights.folder) : plan.weights.kind}`,
    `--device ${plan.device}`,
    `--threads ${plan.threads}`,
    plan.opset === null ? '' : `--opset ${plan.opset}`,
    `--preset ${plan.preset}`,
    `--seed ${plan.seed}`,
  ]
  const command = words.filter((word) => word !== '').join(' ')
  const hasOptions = plan.candidates.some((candidate) => Object.keys(candidate.options).length > 0)
  return hasOptions ? `${command}  # backend options are in the record's plan` : command
}

/** For a POSIX shell; plain words stay plain. */
function quoted(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
