// Outputs of some of the images alone, in the order asked for.
import type { OutputArray } from './compare-outputs.ts'

export function outputRows(outputs: readonly OutputArray[], rows: readonly number[]): readonly OutputArray[] {
  return outputs.map((output) => {
    const [count = 1, ...rest] = output.shape
    const length = output.values.length / count
    const values = new Float32Array(rows.length * length)
    for (const [place, row] of rows.entries()) {
      for (let index = 0; index < length; index += 1)
        values[place * length + index] = output.values[row * length + index] ?? 0
    }
    return { ...output, shape: [rows.length, ...rest], values }
  })
}
