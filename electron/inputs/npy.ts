// Reads and writes .npy arrays. Reads versions 1 to 3, little-endian numbers and booleans, C order. Refuses everything else
// (Fortran order, objects, other types) with `input-mismatch`, before it allocates anything for the shape.
import { createHash } from 'node:crypto'
import { type FileHandle, writeFile } from 'node:fs/promises'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ElementType } from '../../shared/domain/model-input.ts'
import { largestBytes, openRegularFile, readRegularFile, UnsuitableFile } from '../store/regular-file.ts'

export interface NpyHeader {
  readonly dtype: NpyType
  readonly shape: readonly number[]
  /** Where the data begins in the file. */
  readonly dataOffset: number
}

const magic = '\x93NUMPY'
const dtypes = {
  ...({ '<f4': 'float32', '<f2': 'float16', '<f8': 'float64', '|b1': 'bool' } as const),
  ...({ '|i1': 'int8', '<i2': 'int16', '<i4': 'int32', '<i8': 'int64' } as const),
  ...({ '|u1': 'uint8', '<u2': 'uint16', '<u4': 'uint32', '<u8': 'uint64' } as const),
} as const
/** A bfloat16 has no name here: it is stored as uint16. */
export type NpyType = Exclude<ElementType, 'bfloat16'>
const bytesOf: Readonly<Record<NpyType, number>> = {
  ...{ float32: 4, float16: 2, float64: 8, bool: 1 },
  ...{ int8: 1, int16: 2, int32: 4, int64: 8, uint8: 1, uint16: 2, uint32: 4, uint64: 8 },
}
/** Enough for any header that is only a dtype, an order and a shape. */
const largestHeader = 4096

export async function readNpyHeader(file: string): Promise<NpyHeader> {
  const handle = await openRegularFile(file)
  try {
    const { size } = await handle.stat()
    return parseHeader(await firstBytes(handle), size, file)
  } finally {
    await handle.close()
  }
}

export async function readFloat32(file: string): Promise<{ shape: readonly number[]; data: Float32Array }> {
  const { header, bytes } = await readAll(file, 'float32')
  return { shape: header.shape, data: new Float32Array(bytes) }
}

/** Labels: whole numbers well within what a double holds. */
export async function readInt64(file: string): Promise<{ shape: readonly number[]; data: readonly number[] }> {
  const { header, bytes } = await readAll(file, 'int64')
  return { shape: header.shape, data: Array.from(new BigInt64Array(bytes), Number) }
}

/** An array of any type that is read here, as its bytes. */
export async function readArray(
  file: string,
): Promise<{ readonly type: NpyType; readonly shape: readonly number[]; readonly bytes: ArrayBuffer }> {
  const { header, bytes } = await readAll(file, null)
  return { type: header.dtype, shape: header.shape, bytes }
}

/** Outputs: float32, or float64 for whole numbers. */
export async function readNumbers(
  file: string,
): Promise<{ readonly shape: readonly number[]; readonly data: Float32Array | Float64Array }> {
  const { type, shape, bytes } = await readArray(file)
  if (type === 'float32') return { shape, data: new Float32Array(bytes) }
  if (type === 'float64') return { shape, data: new Float64Array(bytes) }
  throw mismatch(file, `it holds ${type} where float32 or float64 is needed`)
}

/**
 * The bytes of a float32 array, version 1, as `readFloat32` reads them. They never change: the hash of a calibration
 * array is part of artifact keys.
 */
export function float32Npy(shape: readonly number[], values: Float32Array): Uint8Array {
  return arrayNpy('float32', shape, new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
}

/** @param body the values' bytes, little-endian, C order. */
export function arrayNpy(type: NpyType, shape: readonly number[], body: Uint8Array): Uint8Array {
  const descriptor = Object.entries(dtypes).find(([, name]) => name === type)?.[0] ?? ''
  const text = `{'descr': '${descriptor}', 'fortran_order': False, 'shape': (${shape.map((size) => `${size},`).join(' ')}), }`
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`
  const start = Buffer.alloc(10)
  start.write(`${magic}\x01\x00`, 'latin1')
  start.writeUInt16LE(header.length, 8)
  return Buffer.concat([start, Buffer.from(header, 'latin1'), body])
}

/** @returns sha256 of the written file, which is on disk when this resolves. */
export async function writeFloat32(file: string, shape: readonly number[], values: Float32Array): Promise<string> {
  const whole = float32Npy(shape, values)
  await writeFile(file, whole, { flush: true })
  return createHash('sha256').update(whole).digest('hex')
}

/** @param dtype null for any. */
async function readAll(file: string, dtype: NpyType | null): Promise<{ header: NpyHeader; bytes: ArrayBuffer }> {
  const content = await readRegularFile(file, largestBytes.array).catch((error: unknown) => {
    throw error instanceof UnsuitableFile ? mismatch(file, `it ${error.message}`) : error
  })
  const header = parseHeader(content.subarray(0, largestHeader), content.length, file)
  if (dtype !== null && header.dtype !== dtype)
    throw mismatch(file, `it holds ${header.dtype} where ${dtype} is needed`)
  const bytes = new ArrayBuffer(content.length - header.dataOffset)
  new Uint8Array(bytes).set(content.subarray(header.dataOffset))
  return { header, bytes }
}

async function firstBytes(handle: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(largestHeader), 0, largestHeader, 0)
  return buffer.subarray(0, bytesRead)
}

function parseHeader(start: Buffer, fileBytes: number, file: string): NpyHeader {
  if (start.length < 12 || start.toString('latin1', 0, 6) !== magic) throw mismatch(file, 'it is not a NumPy array')
  const wide = start.readUInt8(6) >= 2
  const lengthBytes = wide ? start.readUInt32LE(8) : start.readUInt16LE(8)
  const textOffset = wide ? 12 : 10
  const dataOffset = textOffset + lengthBytes
  if (dataOffset > start.length) throw mismatch(file, 'its header is cut off')
  const text = start.toString('latin1', textOffset, dataOffset)
  const descriptor = /'descr':\s*'([^']*)'/.exec(text)?.[1] ?? ''
  const shapeText = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1]
  if (!/'fortran_order':\s*False/.test(text) || shapeText === undefined)
    throw mismatch(file, 'its layout is not C order')
  if (!isKnown(descriptor)) throw mismatch(file, `its type ${descriptor || 'is missing'} cannot be read`)
  const shape = shapeText
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number)
  const dtype = dtypes[descriptor]
  const expected = shape.reduce((product, size) => product * size, bytesOf[dtype])
  if (expected !== fileBytes - dataOffset) throw mismatch(file, 'its size does not fit its shape')
  return { dtype, shape, dataOffset }
}

function isKnown(descriptor: string): descriptor is keyof typeof dtypes {
  return Object.hasOwn(dtypes, descriptor)
}

function mismatch(file: string, why: string): BenchError {
  return new BenchError({
    code: 'input-mismatch',
    stage: 'inputs',
    message: `${file} cannot be used as an array: ${why}.`,
    remedy: 'Delete it where it lies in the cache, or restore the file that shipped with the model.',
  })
}
