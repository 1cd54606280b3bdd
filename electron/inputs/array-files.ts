// One array out of a file of the user's: .npy, or .safetensors by its name. Read as bytes of its own type; nothing is run
// and no pickle is opened. An .npz is a zip archive, which numpy opens in a Python worker. Throws `input-mismatch`.
import { extname } from 'node:path'
import { z } from 'zod'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ElementType } from '../../shared/domain/model-input.ts'
import { largestBytes, readRegularFile } from '../store/regular-file.ts'
import { bytesPerElement } from './element-bytes.ts'
import { readArray } from './npy.ts'

export interface StoredArray {
  readonly type: ElementType
  readonly shape: readonly number[]
  readonly bytes: ArrayBuffer
}

export const arrayExtensions = ['.npy', '.npz', '.safetensors'] as const

/** @param array its name in the file; null for the only one. */
export async function readArrayFile(file: string, array: string | null): Promise<StoredArray> {
  if (extname(file) === '.safetensors') return readSafetensors(file, array)
  try {
    return await readArray(file)
  } catch (error) {
    if (error instanceof BenchError) throw unusable(file, error.record.message.replace(/^.*: /, '').replace(/\.$/, ''))
    throw unusable(file, wordsOf(error))
  }
}

const typesOf: Readonly<Record<string, ElementType>> = {
  ...({ F32: 'float32', F16: 'float16', F64: 'float64', BF16: 'bfloat16', BOOL: 'bool' } as const),
  ...({ I8: 'int8', I16: 'int16', I32: 'int32', I64: 'int64' } as const),
  ...({ U8: 'uint8', U16: 'uint16', U32: 'uint32', U64: 'uint64' } as const),
}

const headerSchema = z.record(
  z.string(),
  z.looseObject({
    dtype: z.string().optional(),
    shape: z.array(z.number().int().nonnegative()).optional(),
    data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]).optional(),
  }),
)

/** Eight bytes with the length of a JSON header, the header, then the values. */
async function readSafetensors(file: string, array: string | null): Promise<StoredArray> {
  const content = await readRegularFile(file, largestBytes.array).catch((error: unknown) => {
    throw unusable(file, wordsOf(error))
  })
  const headerBytes = content.length < 8 ? 0 : Number(content.readBigUInt64LE(0))
  if (headerBytes === 0 || headerBytes > content.length - 8) throw unusable(file, 'its header is cut off')
  const header = headerSchema.safeParse(jsonOf(content.toString('utf8', 8, 8 + headerBytes)))
  if (!header.success) throw unusable(file, 'its header is not that of safetensors')
  const names = Object.keys(header.data).filter((name) => name !== '__metadata__')
  const name = array ?? (names.length === 1 ? names[0] : undefined)
  const entry = name === undefined ? undefined : header.data[name]
  if (entry === undefined || name === '__metadata__') {
    const known = names.slice(0, 8).join(', ')
    throw unusable(
      file,
      array === null
        ? `it holds several arrays (${known}), and none is named`
        : `it holds no "${array}", only ${known}`,
    )
  }
  const type = typesOf[entry.dtype ?? '']
  if (type === undefined) throw unusable(file, `its type ${entry.dtype ?? ''} cannot be read`)
  const [begin, end] = entry.data_offsets ?? [0, 0]
  const shape = entry.shape ?? []
  const expected = shape.reduce((product, size) => product * size, bytesPerElement[type])
  if (end - begin !== expected || 8 + headerBytes + end > content.length) {
    throw unusable(file, 'its size does not fit its shape')
  }
  const bytes = new ArrayBuffer(expected)
  new Uint8Array(bytes).set(content.subarray(8 + headerBytes + begin, 8 + headerBytes + end))
  return { type, shape, bytes }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function wordsOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOENT') return 'it was not found'
  return error instanceof Error ? error.message : String(error)
}

function unusable(file: string, why: string): BenchError {
  return new BenchError({
    code: 'input-mismatch',
    stage: 'inputs',
    message: `${file} cannot be used as an array: ${why}.`,
    remedy: 'Save it as .npy or .safetensors, and name the array as FILE#NAME where a file holds several.',
  })
}
