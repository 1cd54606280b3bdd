// Runs every image once and writes the outputs, one float32 .npy each, for the comparison with the reference. The last
// batch is padded with the first images; its extra rows are left out. Not timed.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Tensor } from 'onnxruntime-node'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { RequestResult } from '../../../shared/worker-protocol/requests.ts'
import { writeFloat32 } from '../../inputs/npy.ts'
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
  const rows = new Map<string, { shape: readonly number[]; values: Float32Array }>()
  for (const [index, feed] of feeds.entries()) {
    const outputs = await session.run(feed)
    const firstImage = index * workerCase.batchSize
    for (const name of session.outputNames) {
      const tensor = outputs[name]
      if (tensor) addRows(rows, name, tensor, firstImage, workerCase.batchSize, imageCount)
    }
    onBatch()
    if (isCancelled()) return null
  }
  await writing(folder, () => mkdir(folder, { recursive: true }))
  const written: WrittenOutput[] = []
  const taken = new Set<string>()
  for (const [name, { shape, values }] of rows) {
    const file = join(folder, `${fileStem(name, taken)}.npy`)
    const sha256 = await writing(file, () => writeFloat32(file, shape, values))
    written.push({ name, file, sha256, shape: [...shape] })
  }
  return written
}

function addRows(
  rows: Map<string, { shape: readonly number[]; values: Float32Array }>,
  name: string,
  tensor: Tensor,
  firstImage: number,
  batchSize: number,
  imageCount: number,
): void {
  const [first, ...rowShape] = tensor.dims
  if (first !== batchSize) {
    throw new BenchError({
      code: 'inference-failed',
      stage: 'parity',
      message: `The output "${name}" has shape [${tensor.dims.join(', ')}], not one row per image.`,
      remedy: 'Export the model so that each output keeps the batch as its first dimension.',
    })
  }
  const rowLength = rowShape.reduce((product, size) => product * size, 1)
  const shape = [imageCount, ...rowShape]
  const output = rows.get(name) ?? { shape, values: new Float32Array(imageCount * rowLength) }
  rows.set(name, output)
  const count = Math.min(batchSize, imageCount - firstImage)
  output.values.set(floatsOf(tensor).subarray(0, count * rowLength), firstImage * rowLength)
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

/** A tensor's values as float32, whatever numeric type the model returns. */
export function floatsOf(tensor: Tensor): Float32Array {
  const { data } = tensor
  if (data instanceof Float32Array) return data
  if (tensor.type === 'float16' && data instanceof Uint16Array) return Float32Array.from(data, halfToFloat)
  return Float32Array.from(Array.from<unknown, number>(data, Number))
}

/** IEEE 754 binary16 from its bits. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * 2 ** -24 * fraction : sign * 2 ** (exponent - 25) * (0x400 + fraction)
}
