// Reads the arrays that a run leaves behind, without the app's own reader: little-endian float32 and int64, C order.
import { readFile } from 'node:fs/promises'

export interface NpyArray {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

export async function readNpy(file: string): Promise<NpyArray> {
  const bytes = await readFile(file)
  const wide = bytes[6] === 1 ? 2 : 4
  const headerLength = wide === 2 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8)
  const header = bytes.subarray(8 + wide, 8 + wide + headerLength).toString('latin1')
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((part) => part.trim())
    .map(Number)
  const data = bytes.subarray(8 + wide + headerLength)
  const count = shape.reduce((product, size) => product * size, 1)
  const isInt64 = header.includes("'<i8'")
  const values = Array.from({ length: count }, (_, index) =>
    isInt64 ? Number(data.readBigInt64LE(index * 8)) : data.readFloatLE(index * 4),
  )
  return { shape, values }
}

/** Index of the largest value of each row. */
export function topOfRows({ shape, values }: NpyArray): readonly number[] {
  const width = shape.at(-1) ?? 1
  return Array.from({ length: values.length / width }, (_, row) => {
    const cells = values.slice(row * width, (row + 1) * width)
    return cells.indexOf(Math.max(...cells))
  })
}
