// The images of a case as batches in this process's memory, their bytes checked first; and those batches as a session
// takes them. Nothing of ONNX Runtime is loaded here.
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { WorkerCase } from '../../../shared/domain/worker-case.ts'
import { readFloat32 } from '../../inputs/npy.ts'
import { type InputBatches, inputBatches } from './input-batches.ts'
import { checkInput, checkInputBytes } from './input-check.ts'
import type { Query } from './measure-loop.ts'

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

/** Runs the next batch in turn. */
export function rotatingQuery(session: InferenceSession, feeds: readonly Feed[]): Query {
  let next = 0
  return () => {
    const feed = feeds[next]
    next = next + 1 === feeds.length ? 0 : next + 1
    return session.run(feed ?? {})
  }
}
