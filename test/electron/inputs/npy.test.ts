import { createHash } from 'node:crypto'
import { readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { float32Npy, readFloat32, readInt64, readNpyHeader, writeFloat32 } from '../../../electron/inputs/npy.ts'
import { npyBytes } from '../../fakes/npy-bytes.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(root, name)
  await writeFile(path, bytes)
  return path
}

test('a float32 array reads back with its shape', async () => {
  const path = await file('a.npy', npyBytes('<f4', [2, 3], new Float32Array([1, 2, 3, 4, 5, 6.5])))
  expect(await readNpyHeader(path)).toEqual({ dtype: 'float32', shape: [2, 3], dataOffset: 128 })
  expect(await readFloat32(path)).toEqual({ shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6.5]) })
})

test('labels read as plain numbers', async () => {
  const path = await file('labels.npy', npyBytes('<i8', [3], new BigInt64Array([7n, 0n, -1n])))
  expect(await readInt64(path)).toEqual({ shape: [3], data: [7, 0, -1] })
})

test('a wide header of format version 2 is understood', async () => {
  const path = await file('wide.npy', npyBytes('<f4', [1], new Float32Array([4]), { version: 2 }))
  expect((await readFloat32(path)).data).toEqual(new Float32Array([4]))
})

const floats = npyBytes('<f4', [4], new Float32Array(4))
test.each([
  ['it is not a NumPy array', new Uint8Array(200)],
  ['it is not a NumPy array', new Uint8Array(3)],
  ['its header is cut off', floats.subarray(0, 40)],
  ['its size does not fit its shape', floats.subarray(0, floats.length - 1)],
  ['its size does not fit its shape', npyBytes('<f4', [2 ** 40, 2 ** 40], new Float32Array(4))],
  ['its type |O cannot be read', npyBytes('|O', [4], new Float32Array(4))],
  ['its layout is not C order', npyBytes('<f4', [4], new Float32Array(4), { fortranOrder: true })],
])('refuses a file because %s', async (why, bytes) => {
  const path = await file('bad.npy', bytes)
  await expect(readFloat32(path)).rejects.toMatchObject({
    record: { code: 'input-mismatch', message: `${path} cannot be used as an array: ${why}.` },
  })
})

test('refuses labels where images are needed', async () => {
  const path = await file('labels.npy', npyBytes('<i8', [1], new BigInt64Array([1n])))
  await expect(readFloat32(path)).rejects.toMatchObject({ record: { code: 'input-mismatch' } })
})

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

test.each([[[6]], [[2, 3]], [[1, 3, 1, 2]]])(
  'an array written in shape %j reads back, with its hash',
  async (shape) => {
    const path = join(root, `${shape.join('x')}.npy`)
    const values = Float32Array.from([1, -2, 3.5, Number.NaN, Number.POSITIVE_INFINITY, 1e-40])
    const sha256 = await writeFloat32(path, shape, values)
    expect(await readFloat32(path)).toEqual({ shape, data: values })
    expect(sha256).toBe(sha256Of(await readFile(path)))
  },
)

test('data starts where a memory map can begin', () => {
  expect(float32Npy([1], Float32Array.from([7])).length % 64).toBe(4)
})

test('the bytes of an array are those that keys of artifacts were made from', () => {
  const bytes = float32Npy([2, 3, 1, 1], Float32Array.from([0, 1, 2, 3, 4, 5]))
  expect(sha256Of(bytes)).toBe('1d8311d6768c617da4bc2970a927c25bdc360743b78eb42392b0ed9146b0fd58')
})

test('refuses an array that is no file, or larger than one buffer, in words', async () => {
  await expect(readFloat32(root)).rejects.toMatchObject({
    record: { code: 'input-mismatch', message: `${root} cannot be used as an array: it is a folder, not a file.` },
  })
  const huge = await file('huge.npy', new Uint8Array())
  await truncate(huge, 3 * 1024 ** 3)
  await expect(readFloat32(huge)).rejects.toMatchObject({
    record: { message: `${huge} cannot be used as an array: it has 3220 MB, and at most 2150 MB are read.` },
  })
})
