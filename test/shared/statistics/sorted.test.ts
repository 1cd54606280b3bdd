import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countBelow, countUpTo, mergeSorted, sortedCopy, valueOfRank } from '../../../shared/statistics/sorted.ts'

const values = fc.array(fc.integer({ min: -20, max: 20 }))

describe('sorted values', () => {
  it('merged are what sorting all of them gives', () => {
    fc.assert(
      fc.property(fc.array(values), (lists) => {
        expect(mergeSorted(lists.map(sortedCopy))).toEqual(sortedCopy(lists.flat()))
      }),
    )
  })

  it('are counted up to and below a limit', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -25, max: 25 }), (list, limit) => {
        const sorted = sortedCopy(list)
        expect(countUpTo(sorted, limit)).toBe(list.filter((value) => value <= limit).length)
        expect(countBelow(sorted, limit)).toBe(list.filter((value) => value < limit).length)
      }),
    )
  })

  it('have no rank outside 1…n', () => {
    expect(() => valueOfRank(sortedCopy([1]), 2)).toThrow(RangeError)
    expect(() => valueOfRank(sortedCopy([1]), 0)).toThrow(RangeError)
  })
})
