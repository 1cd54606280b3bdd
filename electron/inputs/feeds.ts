// The rows of every input of a model whose manifest lists its inputs: pictures as the worker prepared them, arrays of the
// user's, and seeded values. Each is one .npy in the input cache, [rows, …row]; a row has no batch dimension. Values that
// are the same for every row are stored once. Throws BenchError `input-mismatch`, `disk-full`.
import { writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { type FedInput, type InputValues, isFloat, valuesInWords } from '../../shared/domain/model-input.ts'
import type { Feed, InputArray } from '../../shared/domain/worker-case.ts'
import type { ShapedInput } from '../../shared/planning/input-shapes.ts'
import { combinedSeed, seededRandom } from '../../shared/planning/seeded-random.ts'
import { writing } from '../store/atomic-file.ts'
import { expectRoom } from '../store/free-space.ts'
import { inTemporaryFolder } from '../store/temporary-files.ts'
import { readArrayFile, type StoredArray } from './array-files.ts'
import { bytesPerElement, decodeElements, encodeElements } from './element-bytes.ts'
import { fileSha256, valueSha256 } from './file-hash.ts'
import type { InputCache } from './input-cache.ts'
import { arrayNpy, type NpyType } from './npy.ts'

/** Increase it when seeded values change, so that older cached arrays are not used. */
const feedsVersion = 1
/** Of inputs that are neither pictures nor files. */
const seededRows = 16
const mostBytesOfInput = 256 * 1024 ** 2

export interface FeedRequest {
  /** At batch 1. */
  readonly inputs: readonly ShapedInput[]
  readonly seed: number
  /** The prepared pictures; null if no input takes them. */
  readonly pictures: InputArray | null
  readonly cache: InputCache
  /** Writes one array of an .npz as an .npy file. */
  readonly unpack: (file: string, array: string | null, outFile: string) => Promise<void>
}

export interface PreparedFeeds {
  readonly feeds: readonly Feed[]
  readonly rows: number
}

export async function preparedFeeds(request: FeedRequest): Promise<PreparedFeeds> {
  const { inputs, pictures } = request
  const stored = new Map<string, RowsOfFile>()
  for (const input of inputs) {
    if (input.values.kind === 'file') stored.set(input.name, await rowsOfFile(request, input, input.values))
  }
  const isBatched = inputs.some(({ batchAxis }) => batchAxis !== null)
  const fromFiles = Math.max(0, ...[...stored.values()].map(({ rows }) => rows))
  const rows = pictures?.shape[0] ?? (fromFiles > 1 ? fromFiles : rowsThatFit(inputs))
  const feeds: Feed[] = []
  for (const [index, input] of inputs.entries()) {
    const { name, type, batchAxis } = input
    const array =
      input.values.kind === 'images' && pictures !== null
        ? pictures
        : await storedRows(request, input, {
            index,
            rows: isConstant(input.values) || (isBatched && batchAxis === null) ? 1 : rows,
            fromFile: stored.get(name) ?? null,
          })
    if (array.shape[0] !== 1 && array.shape[0] !== rows) throw unequalRows(input, array.shape[0] ?? 0, rows)
    feeds.push({ ...array, name, type, batchAxis })
  }
  return { feeds, rows }
}

/** What the record says about each input of a group. */
export function fedInputs(inputs: readonly ShapedInput[], feeds: readonly Feed[], seed: number): readonly FedInput[] {
  return inputs.map(({ name, type, shape, values }) => {
    const isSeeded = values.kind === 'range' || values.kind === 'integers'
    return {
      name,
      type,
      shape: [...shape],
      values: isSeeded ? `${valuesInWords(values)}, seed ${seed}` : valuesInWords(values),
      sha256: feeds.find((feed) => feed.name === name)?.sha256 ?? '',
    }
  })
}

function isConstant(values: InputValues): boolean {
  return values.kind === 'constant'
}

function rowShape({ shape, batchAxis }: ShapedInput): readonly number[] {
  return shape.filter((_, axis) => axis !== batchAxis)
}

function rowsThatFit(inputs: readonly ShapedInput[]): number {
  const largest = Math.max(...inputs.map((input) => sizeOf(rowShape(input)) * bytesPerElement[input.type]))
  return Math.max(1, Math.min(seededRows, Math.floor(mostBytesOfInput / Math.max(1, largest))))
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

interface Rows {
  readonly index: number
  readonly rows: number
  readonly fromFile: RowsOfFile | null
}

async function storedRows(
  { cache, seed }: FeedRequest,
  input: ShapedInput,
  { index, rows, fromFile }: Rows,
): Promise<InputArray> {
  const { type, values } = input
  const shape = [fromFile?.rows ?? rows, ...rowShape(input)]
  const key = valueSha256({ feedsVersion, type, shape, values, index, seed, file: fromFile?.sha256 ?? null })
  const entry =
    (await cache.find(key)) ??
    (await cache.store(key, async (file) => {
      const count = sizeOf(shape)
      await expectRoom(dirname(file), count * bytesPerElement[type], 'inputs')
      const body = fromFile?.bytes ?? encodeElements(type, count, valueSource(input, combinedSeed([seed, index])))
      await writing(file, () => writeFile(file, arrayNpy(npyType(input), shape, body), { flush: true }))
      return { shape, sha256: await fileSha256(file), used: [], skipped: [] }
    }))
  return { file: cache.arrayFile(key), sha256: entry.sha256, shape: entry.shape }
}

function npyType({ type }: ShapedInput): NpyType {
  return type === 'bfloat16' ? 'uint16' : type
}

function valueSource({ values }: ShapedInput, seed: number): (index: number) => number {
  const random = seededRandom(seed)
  switch (values.kind) {
    case 'constant':
      return () => values.value
    case 'integers':
      return () => values.low + Math.floor(random() * (values.high - values.low + 1))
    case 'range':
      return () => values.low + random() * (values.high - values.low)
    default:
      throw new Error(`values of kind ${values.kind} are not computed`)
  }
}

interface RowsOfFile {
  readonly rows: number
  /** Of the input's type. */
  readonly bytes: Uint8Array
  /** Of the user's file. */
  readonly sha256: string
}

/** The array is one query, or a list of rows; where the input counts a batch first, both are the same. */
async function rowsOfFile(
  { unpack }: FeedRequest,
  input: ShapedInput,
  { file, array }: Extract<InputValues, { kind: 'file' }>,
): Promise<RowsOfFile> {
  const sha256 = await fileSha256(file).catch(() => '')
  const stored =
    extname(file) !== '.npz'
      ? await readArrayFile(file, array)
      : await inTemporaryFolder('array', async (folder) => {
          const outFile = join(folder, 'array.npy')
          await unpack(file, array, outFile)
          return readArrayFile(outFile, null)
        })
  const row = rowShape(input)
  const { batchAxis, shape, name } = input
  const isList = stored.shape.length === row.length + 1 && row.every((size, axis) => stored.shape[axis + 1] === size)
  const isQuery = stored.shape.length === shape.length && shape.every((size, axis) => stored.shape[axis] === size)
  if (batchAxis === null ? isQuery : batchAxis > 0 && isQuery) {
    return { rows: 1, bytes: converted(stored, input, file), sha256 }
  }
  if (isList && (stored.shape[0] ?? 0) > 0)
    return { rows: stored.shape[0] ?? 0, bytes: converted(stored, input, file), sha256 }
  const wanted = [batchAxis === null ? null : 'rows', ...row].filter((size) => size !== null).join(', ')
  throw mismatch(`${file} is [${stored.shape.join(', ')}], and "${name}" takes [${wanted}].`)
}

/** Whole numbers only from whole numbers, and only if each fits. */
function converted(stored: StoredArray, { name, type }: ShapedInput, file: string): Uint8Array {
  if (stored.type === type) return new Uint8Array(stored.bytes)
  if (isFloat(stored.type) && !isFloat(type))
    throw mismatch(`${file} holds ${stored.type}, and "${name}" takes ${type}.`)
  const values = decodeElements(stored.type, stored.bytes)
  const bytes = encodeElements(type, values.length, (index) => values[index] ?? 0)
  if (!isFloat(type)) {
    const back = decodeElements(type, new Uint8Array(bytes).slice().buffer)
    const changed = values.findIndex((value, index) => value !== back[index])
    if (changed >= 0) throw mismatch(`${file} holds ${values[changed]}, which is no ${type} for "${name}".`)
  }
  return bytes
}

function unequalRows({ name }: ShapedInput, found: number, rows: number): BenchError {
  return mismatch(`"${name}" has ${found} rows, and the other inputs have ${rows}.`)
}

function mismatch(message: string): BenchError {
  return new BenchError({
    code: 'input-mismatch',
    stage: 'inputs',
    message,
    remedy: 'Give an array of the shape and type that the input takes, or other values with --input-values.',
  })
}
