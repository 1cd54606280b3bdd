// Command-line words that a run and a sweep have in common: what is compared, and on which inputs. Leaves out backend
// options and artifacts.
import { isTuned } from '../domain/backend-measuring.ts'
import type { Plan } from '../domain/plan.ts'
import { inputValuesText, shapesText } from './input-words.ts'
import { shellWord } from './shell-word.ts'

export function backendWords(
  candidates: readonly Pick<Plan['candidates'][number], 'backend' | 'precision' | 'options'>[],
): string[] {
  const words = candidates.map(
    (candidate) => `${candidate.backend}:${candidate.precision}${isTuned(candidate) ? ':tuned' : ''}`,
  )
  return words.length === 0 ? [] : [`--backends ${words.join(',')}`]
}

type PlannedInputs = Pick<
  Plan,
  'imageFolder' | 'imageLimit' | 'inputSize' | 'shapes' | 'inputValues' | 'weights' | 'device' | 'threads' | 'opset'
>

export function inputWords({
  imageFolder,
  imageLimit,
  inputSize,
  shapes,
  inputValues,
  weights,
  device,
  threads,
  opset,
}: PlannedInputs): string[] {
  return [
    ...(imageFolder === null ? [] : [`--images ${shellWord(imageFolder)}`]),
    `--image-limit ${imageLimit}`,
    ...(inputSize === null ? [] : [`--size ${inputSize}`]),
    ...(shapes === undefined ? [] : [`--shapes ${shellWord(shapesText(shapes))}`]),
    ...(inputValues === undefined ? [] : [`--input-values ${shellWord(inputValuesText(inputValues))}`]),
    `--weights ${weights.kind === 'folder' ? shellWord(weights.folder) : weights.kind}`,
    `--device ${device}`,
    `--threads ${threads}`,
    ...(opset === null ? [] : [`--opset ${opset}`]),
  ]
}
