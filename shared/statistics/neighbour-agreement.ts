// Whether embeddings still lie beside the same others: the share of images whose nearest other image, by cosine, is the
// one that the reference finds. Images of one photograph are near each other whatever the model, so they are left out.
import { largestIndex } from './largest-index.ts'

/**
 * @param photographs which photograph each image was made from, in the order of the rows.
 * Null where no image has another photograph's beside it.
 */
export function neighbourAgreement(
  reference: ArrayLike<number>,
  candidate: ArrayLike<number>,
  photographs: readonly string[],
): number | null {
  if (new Set(photographs).size < 2) return null
  const [expected, found] = [unitRows(reference, photographs.length), unitRows(candidate, photographs.length)]
  const same = photographs.filter((_, row) => nearest(expected, photographs, row) === nearest(found, photographs, row))
  return same.length / photographs.length
}

function nearest(rows: readonly Float64Array[], photographs: readonly string[], row: number): number {
  const own = rows[row] ?? new Float64Array()
  const cosines = rows.map((other, index) =>
    photographs[index] === photographs[row]
      ? Number.NEGATIVE_INFINITY
      : own.reduce((sum, value, column) => sum + value * (other[column] ?? 0), 0),
  )
  return largestIndex(cosines, 0, cosines.length)
}

/** A row of zeros stays one: it is as near to all others. */
function unitRows(values: ArrayLike<number>, count: number): readonly Float64Array[] {
  const length = values.length / count
  return Array.from({ length: count }, (_, row) => {
    const own = Float64Array.from({ length }, (_, column) => values[row * length + column] ?? 0)
    const size = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0))
    return size === 0 ? own : own.map((value) => value / size)
  })
}
