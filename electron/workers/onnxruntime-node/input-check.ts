// Whether the prepared inputs are the ones that were hashed and fit the model's own declaration. Fixed sizes must be equal; symbolic ones take any.
import type { InferenceSession } from 'onnxruntime-node'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { InputArray } from '../../../shared/domain/worker-case.ts'
import { fileSha256 } from '../../inputs/file-hash.ts'

/** @returns the input's name. @param shape of one batch. */
export function checkInput(
  inputs: readonly InferenceSession.ValueMetadata[],
  expectedName: string,
  shape: readonly number[],
): string {
  const input = inputs.find(({ name }) => name === expectedName) ?? (inputs.length === 1 ? inputs[0] : undefined)
  if (!input?.isTensor || inputs.length !== 1) {
    throw mismatch(
      `the model takes ${inputs.map(({ name }) => name).join(', ')}, not one image tensor «${expectedName}»`,
    )
  }
  if (input.type !== 'float32') throw mismatch(`the model takes ${input.type}, inputs are prepared as float32`)
  const fits =
    input.shape.length === shape.length &&
    input.shape.every((size, axis) => typeof size === 'string' || size < 0 || size === shape[axis])
  if (!fits) throw mismatch(`the model takes [${input.shape.join(', ')}], the batch is [${shape.join(', ')}]`)
  return input.name
}

/** Every case of a run must see the same bytes. */
export async function checkInputBytes({ file, sha256 }: InputArray): Promise<void> {
  const found = await fileSha256(file).catch(() => null)
  if (found === sha256) return
  throw new BenchError({
    code: 'input-mismatch',
    stage: 'load',
    message: found === null ? `The prepared inputs ${file} are gone.` : `The prepared inputs ${file} have changed.`,
    remedy: 'Start the run again: the inputs are then prepared anew.',
  })
}

function mismatch(what: string): BenchError {
  return new BenchError({
    code: 'input-mismatch',
    stage: 'load',
    message: `The inputs do not fit the model: ${what}.`,
    remedy: 'Choose the batch size and the input size that the model was exported for.',
  })
}
