import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cheapestAssignment } from '../../../shared/statistics/detections.ts'
import cases from '../../fixtures/statistics/assignments.json' with { type: 'json' }

const totalOf = (costs: readonly (readonly number[])[], pairs: readonly (readonly [number, number])[]) =>
  pairs.reduce((sum, [row, column]) => sum + (costs[row]?.[column] ?? Number.NaN), 0)

describe('cheapestAssignment', () => {
  it.each(cases)('pairs as SciPy does: case of total $total', ({ costs, pairs, total }) => {
    const found = cheapestAssignment(costs)
    expect(found).toEqual(pairs)
    expect(totalOf(costs, found)).toBeCloseTo(total, 10)
  })

  it('has nothing to pair where a side is empty', () => {
    expect(cheapestAssignment([])).toEqual([])
    expect(cheapestAssignment([[], []])).toEqual([])
  })

  it('is never dearer than any other way to pair', () => {
    const matrix = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })).chain(([rows, columns]) =>
      fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
    )
    fc.assert(
      fc.property(matrix, (costs) => {
        const found = cheapestAssignment(costs)
        expect(found.length).toBe(Math.min(costs.length, costs[0]?.length ?? 0))
        expect(new Set(found.map(([row]) => row)).size).toBe(found.length)
        expect(new Set(found.map(([, column]) => column)).size).toBe(found.length)
        expect(totalOf(costs, found)).toBe(cheapestByTrying(costs, 0, new Set(), found.length))
      }),
    )
  })
})

/** Tries every way. */
function cheapestByTrying(
  costs: readonly (readonly number[])[],
  row: number,
  taken: ReadonlySet<number>,
  pairs: number,
): number {
  if (taken.size === pairs) return 0
  const costsOfRow = costs[row]
  if (costsOfRow === undefined) return Number.POSITIVE_INFINITY
  const without = cheapestByTrying(costs, row + 1, taken, pairs)
  const withRow = costsOfRow.map((cost, column) =>
    taken.has(column)
      ? Number.POSITIVE_INFINITY
      : cost + cheapestByTrying(costs, row + 1, new Set([...taken, column]), pairs),
  )
  return Math.min(without, ...withRow)
}
