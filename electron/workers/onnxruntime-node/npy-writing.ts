// Writes the .npy files that runs keep: float32, little-endian, C order. Reading is electron/inputs/npy.ts.
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'

const magic = '\x93NUMPY'

/** @returns sha256 of the file written. */
export async function writeFloat32(file: string, shape: readonly number[], values: Float32Array): Promise<string> {
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dimensions}), }`
  const padding = 64 - ((10 + text.length + 1) % 64)
  const header = Buffer.from(`${text}${' '.repeat(padding % 64)}\n`, 'latin1')
  const prefix = Buffer.alloc(10)
  prefix.write(magic, 'latin1')
  prefix.writeUInt8(1, 6)
  prefix.writeUInt16LE(header.byteLength, 8)
  const body = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  const whole = Buffer.concat([prefix, header, body])
  await writeFile(file, whole, { flush: true })
  return createHash('sha256').update(whole).digest('hex')
}
