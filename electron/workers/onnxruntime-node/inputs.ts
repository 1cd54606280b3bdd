// The rows of a case as batches in this process's memory: checks their bytes against the hash and their shapes against the
// model's own declaration. Does not load ONNX Runtime.
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { ElementType } from '../../../shared/domain/model-input.ts'
import type { Feed, InputArray, WorkerCase } from '../../../shared/domain/worker-case.ts'
import { type TypedValues, typedView } from '../../inputs/element-bytes.ts'
import { fileSha256 } from '../../inputs/file-hash.ts'
import { readArray } from '../../inputs/npy.ts'
import type { Query } from './loops.ts'

export interface HeldInputs {
  /** Of the case: images, or rows of whatever counts as such. */
  readonly imageCount: number
  readonly inputs: readonly HeldInput[]
}

interface HeldInput extends InputBatches {
  readonly name: string
  readonly type: ElementType
}

export async function holdInputs(workerCase: WorkerCase): Promise<HeldInputs> {
  const { input, feeds, batchSize, model } = workerCase
  const listed: readonly Feed[] = feeds ?? [{ ...input, name: model.input.name, type: 'float32', batchAxis: 0 }]
  const imageCount = Math.max(...listed.map(({ shape }) => shape[0] ?? 0))
  const inputs: HeldInput[] = []
  for (const feed of listed) inputs.push(await holdInput(feed, batchSize, imageCount))
  return { imageCount, inputs }
}

async function holdInput(feed: Feed, batchSize: number, imageCount: number): Promise<HeldInput> {
  const { name, type, batchAxis } = feed
  await checkInputBytes(feed)
  const { type: stored, shape, bytes } = await readArray(feed.file)
  if (stored !== (type === 'bfloat16' ? 'uint16' : type)) {
    throw mismatch(`the prepared "${name}" holds ${stored} where ${type} is needed`)
  }
  return { name, type, ...inputBatches(shape, typedView(type, bytes), { batchSize, batchAxis, imageCount }) }
}

type Runtime = Pick<typeof import('onnxruntime-node'), 'Tensor'>
type Tensors = Record<string, Tensor>

/** One entry for each query that differs. */
export function feedsOf(
  { Tensor }: Runtime,
  session: InferenceSession,
  { inputs }: Pick<HeldInputs, 'inputs'>,
): readonly Tensors[] {
  checkInputs(session.inputMetadata, inputs)
  const count = Math.max(...inputs.map(({ batches }) => batches.length))
  return Array.from({ length: count }, (_, index) =>
    Object.fromEntries(
      inputs.map(({ name, type, shape, batches }) => {
        const values = batches[index % batches.length]
        // Its types name one array type for each element type.
        return [name, new Tensor(type as 'float32', values as Float32Array, shape)]
      }),
    ),
  )
}

/** Runs the next batch in order. */
export function rotatingQuery(session: InferenceSession, feeds: readonly Tensors[]): Query {
  let next = 0
  return () => {
    const feed = feeds[next]
    next = next + 1 === feeds.length ? 0 : next + 1
    return session.run(feed ?? {})
  }
}

export interface InputBatches {
  readonly shape: readonly number[]
  /** Views of the array where a batch is a piece of it, otherwise copies. */
  readonly batches: readonly TypedValues[]
}

export interface Batching {
  readonly batchSize: number
  /** Null: a query takes one row as it is. */
  readonly batchAxis: number | null
  /** Of the case. An array with fewer rows starts again. */
  readonly imageCount: number
}

/**
 * What queries cycle through, built before any clock is read. Query i starts at row i × size and wraps around to the first
 * rows, so that every row is used and each batch is full.
 */
export function inputBatches(
  arrayShape: readonly number[],
  values: TypedValues,
  { batchSize, batchAxis, imageCount }: Batching,
): InputBatches {
  const [rowCount = 0, ...rowShape] = arrayShape
  const rowLength = rowShape.reduce((product, size) => product * size, 1)
  const taken = batchAxis === null ? 1 : batchSize
  const isPiece = batchAxis === null || batchAxis === 0
  const batches: TypedValues[] = []
  for (let first = 0; first < imageCount; first += batchSize) {
    const start = batchAxis === null ? (first / batchSize) % rowCount : first
    const end = start + taken
    if (isPiece && end <= rowCount) batches.push(values.subarray(start * rowLength, end * rowLength))
    else {
      const rows = Array.from({ length: taken }, (_, index) => (start + index) % rowCount)
      batches.push(gathered(values, rows, rowShape, batchAxis ?? 0))
    }
  }
  const shape = batchAxis === null ? rowShape : rowShape.toSpliced(batchAxis, 0, batchSize)
  return { shape, batches }
}

/** Rows side by side along `axis`. */
function gathered(
  values: TypedValues,
  rows: readonly number[],
  rowShape: readonly number[],
  axis: number,
): TypedValues {
  const rowLength = rowShape.reduce((product, size) => product * size, 1)
  const inner = rowShape.slice(axis).reduce((product, size) => product * size, 1)
  const outer = inner === 0 ? 0 : rowLength / inner
  const batch = values.slice(0, 0).constructor as new (length: number) => TypedValues
  const found = new batch(rows.length * rowLength)
  for (const [place, row] of rows.entries()) {
    for (let part = 0; part < outer; part += 1) {
      const piece = values.subarray(row * rowLength + part * inner, row * rowLength + (part + 1) * inner)
      found.set(piece as never, (part * rows.length + place) * inner)
    }
  }
  return found
}

/** Fixed sizes must be equal; symbolic ones match any. */
function checkInputs(declared: readonly InferenceSession.ValueMetadata[], held: readonly HeldInput[]): void {
  const names = new Set(held.map(({ name }) => name))
  const unfed = declared.filter(({ name }) => !names.has(name)).map(({ name }) => name)
  const unknown = held.filter(({ name }) => !declared.some((entry) => entry.name === name)).map(({ name }) => name)
  if (unfed.length > 0 || unknown.length > 0) {
    throw mismatch(
      `the model takes ${declared.map(({ name }) => name).join(', ')}, and ${[...names].join(', ')} would be fed`,
    )
  }
  for (const { name, type, shape } of held) {
    const input = declared.find((entry) => entry.name === name)
    if (type === 'bfloat16') throw mismatch(`"${name}" is bfloat16, which ONNX Runtime in Node cannot be fed`)
    if (!input?.isTensor) throw mismatch(`"${name}" is no tensor`)
    if (input.type !== type) throw mismatch(`"${name}" takes ${input.type}, and its values are prepared as ${type}`)
    const fits =
      input.shape.length === shape.length &&
      input.shape.every((size, axis) => typeof size === 'string' || size < 0 || size === shape[axis])
    if (!fits) throw mismatch(`"${name}" takes [${input.shape.join(', ')}], the batch is [${shape.join(', ')}]`)
  }
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
    remedy: 'Choose the batch size and the sizes that the model was exported for.',
  })
}
