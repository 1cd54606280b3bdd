// Runs every image once and writes the outputs, one .npy each, for the comparison with the reference: one row per image, or
// at batch 1 each answer whole where its shape depends on the data. The last batch is padded with the first images; its
// extra rows are left out. An output without such rows is left out at other batches. Not timed.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Tensor } from 'onnxruntime-node'
import type { RequestResult } from '../../../shared/worker-protocol/requests.ts'
import { encodeElements, halfToFloat } from '../../inputs/element-bytes.ts'
import { fileSha256 } from '../../inputs/file-hash.ts'
import { arrayNpy } from '../../inputs/npy.ts'
import { writing } from '../../store/atomic-file.ts'
import type { SessionCase } from './session.ts'

export type WrittenOutput = RequestResult<'write-outputs'>['outputs'][number]

/** @returns null if it was cancelled between two batches. */
export async function writeOutputs(
  { session, feeds, imageCount, workerCase }: SessionCase,
  folder: string,
  onBatch: () => void,
  isCancelled: () => boolean,
): Promise<WrittenOutput[] | null> {
  const answers = new Map<string, Answer[]>(session.outputNames.map((name) => [name, []]))
  for (const feed of feeds) {
    const outputs = await session.run(feed)
    for (const [name, given] of answers) {
      const tensor = outputs[name]
      if (tensor) given.push(answerOf(tensor))
    }
    onBatch()
    if (isCancelled()) return null
  }
  await writing(folder, () => mkdir(folder, { recursive: true }))
  const written: WrittenOutput[] = []
  const taken = new Set<string>()
  for (const [name, given] of answers) {
    const output = joined(given, workerCase.batchSize, imageCount)
    if (output === null) continue
    const file = join(folder, `${fileStem(name, taken)}.npy`)
    const { shape, shapes, values, isWide } = output
    const type = isWide ? 'float64' : 'float32'
    const bytes = encodeElements(type, values.length, (index) => values[index] ?? 0)
    await writing(file, () => writeFile(file, arrayNpy(type, shape, bytes), { flush: true }))
    written.push({ name, file, sha256: await fileSha256(file), shape: [...shape], ...(shapes && { shapes }) })
  }
  return written
}

export interface Answer {
  readonly shape: readonly number[]
  readonly values: Float32Array | Float64Array
}

export interface JoinedOutput extends Answer {
  readonly shapes?: number[][]
  /** Written as float64, which holds whole numbers exactly. */
  readonly isWide: boolean
}

/**
 * All answers as one array with a row per image. At batch 1, where an answer is no row, they follow one another, with the
 * shape of each. Null at another batch.
 */
export function joined(answers: readonly Answer[], batchSize: number, imageCount: number): JoinedOutput | null {
  const [first] = answers
  if (first === undefined) return null
  const isWide = first.values instanceof Float64Array
  const [, ...rowShape] = first.shape
  const hasRows = answers.every(
    ({ shape }) =>
      shape[0] === batchSize &&
      shape.length === first.shape.length &&
      rowShape.every((size, axis) => size === shape[axis + 1]),
  )
  if (hasRows) {
    const rowLength = rowShape.reduce((product, size) => product * size, 1)
    return { shape: [imageCount, ...rowShape], values: concatenated(answers, imageCount * rowLength), isWide }
  }
  if (batchSize !== 1) return null
  const shapes = answers.map(({ shape }) => [...shape])
  const values = concatenated(
    answers,
    answers.reduce((sum, answer) => sum + answer.values.length, 0),
  )
  return { shape: [values.length], shapes, values, isWide }
}

function concatenated(answers: readonly Answer[], length: number): Float64Array {
  const values = new Float64Array(length)
  let start = 0
  for (const answer of answers) {
    values.set(answer.values.subarray(0, length - start), start)
    start = Math.min(length, start + answer.values.length)
  }
  return values
}

/**
 * Adds to `taken`. A graph's output may have any name of any length; a duplicate file name gets a number, and names
 * differ in more than case. The same names as in Python.
 */
export function fileStem(name: string, taken: Set<string>): string {
  const plain =
    name
      .replace(/[^A-Za-z0-9._-]/gu, '_')
      .replace(/^\.+/, '')
      .slice(0, 60) || 'output'
  let stem = plain
  for (let number = 2; taken.has(stem.toLowerCase()); number += 1) stem = `${plain}-${number}`
  taken.add(stem.toLowerCase())
  return stem
}

/** Whole numbers and float64 as float64, everything else as float32; copied, since a session may reuse its memory. */
export function answerOf({ data, dims, type }: Tensor): Answer {
  if (data instanceof Float32Array) return { shape: dims, values: data.slice() }
  if (type === 'float16' && data instanceof Uint16Array) {
    return { shape: dims, values: Float32Array.from(data, halfToFloat) }
  }
  const numbers = Array.from<unknown, number>(data, Number)
  return { shape: dims, values: type === 'float16' ? Float32Array.from(numbers) : Float64Array.from(numbers) }
}
