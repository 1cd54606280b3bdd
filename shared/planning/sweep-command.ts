// The command line that asks for the same sweep again. Options of a backend and artifacts have no place on it; a plan
// that has some is named as such.
import type { SweepPlan } from '../domain/sweep.ts'
import { shellWord } from './shell-word.ts'

export function sweepCommand(plan: SweepPlan): string {
  const named = plan.candidates.filter(({ artifact }) => artifact === undefined)
  const words = [
    'enginebench sweep',
    `--model ${shellWord(plan.model)}`,
    named.length === 0
      ? ''
      : `--backends ${named.map(({ backend, precision }) => `${backend}:${precision}`).join(',')}`,
    `--batch ${plan.batchSizes.join(',')}`,
    `--streams ${plan.streams.join(',')}`,
    `--point ${plan.pointMs / 1000}`,
    plan.imageFolder === null ? '' : `--images ${shellWord(plan.imageFolder)}`,
    `--image-limit ${plan.imageLimit}`,
    plan.inputSize === null ? '' : `--size ${plan.inputSize}`,
    `--weights ${plan.weights.kind === 'folder' ? shellWord(plan.weights.folder) : plan.weights.kind}`,
    `--device ${plan.device}`,
    `--threads ${plan.threads}`,
    plan.opset === null ? '' : `--opset ${plan.opset}`,
    `--seed ${plan.seed}`,
  ]
  const command = words.filter((word) => word !== '').join(' ')
  const isWhole = named.length === plan.candidates.length
  const hasOptions = plan.candidates.some(({ options }) => Object.keys(options).length > 0)
  return isWhole && !hasOptions ? command : `${command}  # the rest is in the record's plan`
}
