// The images of a case as batches in this process's memory: checks their bytes against the hash and their shape against
// the model's own declaration. Does not load ONNX Runtime.
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { InputArray, WorkerCase } from '../../../shared/domain/worker-case.ts'
import { fileSha256 } from '../../inputs/file-hash.ts'
import { readFloat32 } from '../../inputs/npy.ts'
import type { Query } from './loops.ts'

export interface HeldInputs extends InputBatches {
  readonly imageCount: number
}

export async function holdInputs({ input, batchSize }: WorkerCase): Promise<HeldInputs> {
  await checkInputBytes(input)
  const images = await readFloat32(input.file)
  return { ...inputBatches(images.shape, images.data, batchSize), imageCount: images.shape[0] ?? 0 }
}

type Runtime = Pick<typeof import('onnxruntime-node'), 'Tensor'>
type Feed = Record<string, Tensor>

export function feedsOf(
  { Tensor }: Runtime,
  session: InferenceSession,
  { model }: WorkerCase,
  { shape, batches }: HeldInputs,
): readonly Feed[] {
  const name = checkInput(session.inputMetadata, model.input.name, shape)
  return batches.map((batch) => ({ [name]: new Tensor('float32', batch, shape) }))
}

/** Runs the next batch in order. */
export function rotatingQuery(session: InferenceSession, feeds: readonly Feed[]): Query {
  let next = 0
  return () => {
    const feed = feeds[next]
    next = next + 1 === feeds.length ? 0 : next + 1
    return session.run(feed ?? {})
  }
}

export interface InputBatches {
  readonly shape: readonly number[]
  /** Views of the array; only a batch that wraps is a copy. */
  readonly batches: readonly Float32Array[]
}

/**
 * The batches that queries cycle through, built before any clock is read. Batch i starts at image i × size and wraps
 * around to the first images, so that every image is used and each batch is full.
 */
export function inputBatches(shape: readonly number[], values: Float32Array, batchSize: number): InputBatches {
  const [imageCount = 0, ...imageShape] = shape
  const imageLength = imageShape.reduce((product, size) => product * size, 1)
  const batches: Float32Array[] = []
  for (let first = 0; first < imageCount; first += batchSize) {
    const end = first + batchSize
    batches.push(
      end <= imageCount
        ? values.subarray(first * imageLength, end * imageLength)
        : wrappedBatch(values, first, batchSize, imageCount, imageLength),
    )
  }
  return { shape: [batchSize, ...imageShape], batches }
}

function wrappedBatch(
  values: Float32Array,
  first: number,
  batchSize: number,
  imageCount: number,
  imageLength: number,
): Float32Array {
  const batch = new Float32Array(batchSize * imageLength)
  for (let index = 0; index < batchSize; index++) {
    const image = (first + index) % imageCount
    batch.set(values.subarray(image * imageLength, (image + 1) * imageLength), index * imageLength)
  }
  return batch
}

/** Fixed sizes must be equal; symbolic ones match any. @returns the input's name. @param shape of one batch */
function checkInput(
  inputs: readonly InferenceSession.ValueMetadata[],
  expectedName: string,
  shape: readonly number[],
): string {
  const input = inputs.find(({ name }) => name === expectedName) ?? (inputs.length === 1 ? inputs[0] : undefined)
  if (!input?.isTensor || inputs.length !== 1) {
    throw mismatch(
      `the model takes ${inputs.map(({ name }) => name).join(', ')}, not one image tensor "${expectedName}"`,
    )
  }
  if (input.type !== 'float32') throw mismatch(`the model takes ${input.type}, inputs are prepared as float32`)
  const fits =
    input.shape.length === shape.length &&
    input.shape.every((size, axis) => typeof size === 'string' || size < 0 || size === shape[axis])
  if (!fits) throw mismatch(`the model takes [${input.shape.join(', ')}], the batch is [${shape.join(', ')}]`)
  return input.name
}

/** Every case of a run must use the same bytes. */
async function checkInputBytes({ file, sha256 }: InputArray): Promise<void> {
  const found = await fileSha256(file).catch(() => null)
  if (found === sha256) return
  throw new BenchError({
    code: 'input-mismatch',
    stage: 'load',
    message: found === null ? `The prepared inputs ${file} are gone.` : `The prepared inputs ${file} have changed.`,
    remedy: 'Start the run again: it prepares the inputs again.',
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
