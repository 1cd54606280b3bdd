// One output of a model over a set of images, and shared operations on it.

export interface OutputArray {
  /** As the manifest names it; used only in reasons. */
  readonly name?: string
  /** The first dimension counts images. */
  readonly shape: readonly number[]
  /** Of each image's answer, where it is no row: the values follow one another, and `shape` is only their count. */
  readonly shapes?: readonly (readonly number[])[]
  readonly values: ArrayLike<number>
}

export function nameOf({ name }: OutputArray, place: number): string {
  return name ?? `output ${place + 1}`
}

export function sameShape(left: OutputArray, right: OutputArray): boolean {
  return left.shape.length === right.shape.length && left.shape.every((size, index) => size === right.shape[index])
}

/** The lowest and highest float32 represent infinity where a graph masks values. */
const infinityFrom = 3.4e38

export function isInfinite(value: number): boolean {
  return value >= infinityFrom || value <= -infinityFrom
}

type Values = ArrayLike<number>

// Index of the largest of `length` values starting at `start`, relative to `start`; the first of equals.

export function largestIndex(values: ArrayLike<number>, start: number, length: number): number {
  let largest = 0
  for (let index = 1; index < length; index += 1) {
    if ((values[start + index] ?? 0) > (values[start + largest] ?? 0)) largest = index
  }
  return largest
}

/** The share of images with the same index of the largest value. */
export function sameWinnerShare({ left, right }: { left: Values; right: Values }, imageCount: number): number {
  const rowLength = left.length / imageCount
  let same = 0
  for (let row = 0; row < imageCount; row += 1) {
    if (largestIndex(left, row * rowLength, rowLength) === largestIndex(right, row * rowLength, rowLength)) same += 1
  }
  return same / imageCount
}

/** The share of the reference's `count` largest places of each image that are among the candidate's; null if most places are. */
export function sharedBestShare(
  { left, right }: { left: Values; right: Values },
  imageCount: number,
  count: number,
): number | null {
  const rowLength = left.length / imageCount
  if (rowLength < 4 * count) return null
  let shared = 0
  for (let row = 0; row < imageCount; row += 1) {
    const found = new Set(largestIndexes(right, row * rowLength, rowLength, count))
    shared += largestIndexes(left, row * rowLength, rowLength, count).filter((index) => found.has(index)).length
  }
  return shared / (imageCount * count)
}

function largestIndexes(values: Values, start: number, length: number, count: number): readonly number[] {
  const best: number[] = []
  for (let index = 0; index < length; index += 1) {
    const value = values[start + index] ?? 0
    if (best.length === count && value <= (values[start + (best[count - 1] ?? 0)] ?? 0)) continue
    const place = best.findIndex((other) => value > (values[start + other] ?? 0))
    best.splice(place === -1 ? best.length : place, 0, index)
    best.length = Math.min(best.length, count)
  }
  return best
}

// Outputs of only some of the images, in the requested order.

export function outputRows(outputs: readonly OutputArray[], rows: readonly number[]): readonly OutputArray[] {
  return outputs.map((output) => {
    if (output.shapes !== undefined) return answersOf(output, output.shapes, rows)
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

function answersOf(output: OutputArray, shapes: readonly (readonly number[])[], rows: readonly number[]): OutputArray {
  const lengths = shapes.map((shape) => shape.reduce((product, size) => product * size, 1))
  const starts = lengths.map((_, index) => lengths.slice(0, index).reduce((sum, length) => sum + length, 0))
  const values = rows.flatMap((row) =>
    Array.from({ length: lengths[row] ?? 0 }, (_, index) => output.values[(starts[row] ?? 0) + index] ?? 0),
  )
  return { ...output, shape: [values.length], shapes: rows.map((row) => shapes[row] ?? []), values }
}
