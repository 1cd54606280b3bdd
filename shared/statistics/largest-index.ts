// Index of the largest of `length` values from `start` on, counted from `start`; the first of equals.
export function largestIndex(values: ArrayLike<number>, start: number, length: number): number {
  let largest = 0
  for (let index = 1; index < length; index += 1) {
    if ((values[start + index] ?? 0) > (values[start + largest] ?? 0)) largest = index
  }
  return largest
}
