// Pairs the outputs of two cases so that they can be compared: only those that both wrote, and those whose shape depends on
// the data brought to one shape. What a network found (boxes that passed a threshold) is a list per image: its length is
// compared as a whole number, its rows in sorted order, with zeros where one side has fewer.
import type { OutputArray } from './output-array.ts'

export interface AlignedOutputs {
  readonly reference: readonly OutputArray[]
  readonly candidate: readonly OutputArray[]
  /** Outputs without one row per image, which only batch 1 compares. */
  readonly notCompared: readonly string[]
}

/** @param names every output of the model; absent if they are not known. */
export function alignedOutputs(
  reference: readonly OutputArray[],
  candidate: readonly OutputArray[],
  names?: readonly string[],
): AlignedOutputs {
  const isNamed = [...reference, ...candidate].every(({ name }) => name !== undefined)
  if (!isNamed || names === undefined) return { reference, candidate, notCompared: [] }
  const [left, right] = [byName(reference), byName(candidate)]
  const both = names.filter((name) => left.has(name) && right.has(name))
  const pairs = both.flatMap((name) => {
    const [one, other] = [left.get(name), right.get(name)]
    return one && other ? aligned(one, other) : []
  })
  return {
    reference: pairs.map(([one]) => one),
    candidate: pairs.map(([, other]) => other),
    notCompared: names.filter((name) => !both.includes(name)),
  }
}

function byName(outputs: readonly OutputArray[]): ReadonlyMap<string, OutputArray> {
  return new Map(outputs.map((output) => [output.name ?? '', output]))
}

type Pair = readonly [OutputArray, OutputArray]
type Shape = readonly number[]

function aligned(one: OutputArray, other: OutputArray): readonly Pair[] {
  if (one.shapes === undefined && other.shapes === undefined) return [[one, other]]
  const [left, right] = [shapesOf(one), shapesOf(other)]
  const [first] = left
  if (first === undefined || left.length !== right.length) return [[one, other]]
  if ([...left, ...right].every((shape) => isSame(shape, first))) {
    const shape = [left.length, ...first]
    if (sizeOf(shape) === 0) return [[lengthsOf(one, left), lengthsOf(other, right)]]
    return [[plain(one, shape, one.values), plain(other, shape, other.values)]]
  }
  if ([...left, ...right].some((shape) => shape.length !== first.length)) {
    return [[plain(one, [left.length, one.values.length], one.values), plain(other, [right.length, -1], other.values)]]
  }
  const largest = first.map((_, axis) => Math.max(...[...left, ...right].map((shape) => shape[axis] ?? 0)))
  const lengths: Pair = [lengthsOf(one, left), lengthsOf(other, right)]
  if (sizeOf(largest) === 0) return [lengths]
  return [lengths, [padded(one, left, largest), padded(other, right, largest)]]
}

/** Of each query's answer. A row per image is an answer with one row. */
function shapesOf({ shapes, shape }: OutputArray): readonly Shape[] {
  const [count = 0, ...rest] = shape
  return shapes ?? Array.from({ length: count }, () => [1, ...rest])
}

function plain({ name }: OutputArray, shape: Shape, values: ArrayLike<number>): OutputArray {
  return { ...(name !== undefined && { name }), shape, values }
}

function isSame(one: Shape, other: Shape): boolean {
  return one.length === other.length && one.every((size, axis) => size === other[axis])
}

function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1)
}

function lengthsOf(output: OutputArray, shapes: readonly Shape[]): OutputArray {
  const values = Float64Array.from(shapes, ([rows = 1]) => rows)
  return { name: `the length of ${output.name ?? 'an output'}`, shape: [shapes.length], values }
}

function padded(output: OutputArray, shapes: readonly Shape[], largest: Shape): OutputArray {
  const size = sizeOf(largest)
  const values = new Float64Array(shapes.length * size)
  let start = 0
  for (const [image, shape] of shapes.entries()) {
    const count = sizeOf(shape)
    const own = Float64Array.from({ length: count }, (_, index) => output.values[start + index] ?? 0)
    const sorted = shape.length <= 2 ? sortedRows(own, shape) : own
    for (let index = 0; index < count; index += 1) {
      values[image * size + placeOf(index, shape, largest)] = sorted[index] ?? 0
    }
    start += count
  }
  return plain(output, [shapes.length, ...largest], values)
}

/** Where an element of a smaller array lies in a larger one. */
function placeOf(index: number, shape: Shape, largest: Shape): number {
  let [rest, place, stride] = [index, 0, 1]
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const size = shape[axis] ?? 1
    place += (rest % size) * stride
    rest = Math.floor(rest / size)
    stride *= largest[axis] ?? 1
  }
  return place
}

/** Lists that name the same things in another order are equal. */
function sortedRows(values: Float64Array, [rows = 0, columns = 1]: Shape): Float64Array {
  const order = Array.from({ length: rows }, (_, row) => row).sort((one, other) => {
    for (let column = 0; column < columns; column += 1) {
      const difference = (values[one * columns + column] ?? 0) - (values[other * columns + column] ?? 0)
      if (difference !== 0) return difference
    }
    return 0
  })
  const sorted = new Float64Array(values.length)
  for (const [place, row] of order.entries()) {
    sorted.set(values.subarray(row * columns, (row + 1) * columns), place * columns)
  }
  return sorted
}
