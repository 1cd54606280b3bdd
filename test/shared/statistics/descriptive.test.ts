import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  countBelow,
  countUpTo,
  mean,
  median,
  mergeSorted,
  percentile,
  sortedCopy,
  standardDeviation,
  valueOfRank,
} from '../../../shared/statistics/descriptive.ts'

import cases from '../../fixtures/statistics/percentiles.json' with { type: 'json' }

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })

describe('percentile', () => {
  it.each(cases)('agrees with NumPy on $values.length values', ({ values, shares, percentiles }) => {
    const ours = shares.map((share) => percentile(values, share))
    for (const [index, value] of ours.entries()) expect(value).toBeCloseTo(percentiles[index] ?? Number.NaN, 12)
  })

  it('does not change the values it is given', () => {
    const values = [3, 1, 2]
    percentile(values, 0.9)
    expect(values).toEqual([3, 1, 2])
  })

  it('refuses to make a percentile of nothing', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError)
  })

  it('grows with the share and stays within the values', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const value = percentile(values, share)
        expect(value).toBeGreaterThanOrEqual(Math.min(...values))
        expect(value).toBeLessThanOrEqual(Math.max(...values))
        expect(percentile(values, Math.min(1, share + 0.1))).toBeGreaterThanOrEqual(value - 1e-9)
      }),
    )
  })
})

describe('median', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    expect([median([5, 1, 3]), median([4, 1, 2, 3])]).toEqual([3, 2.5])
  })
})

describe('mean and standard deviation', () => {
  it.each(cases)('agree with NumPy on $values.length values', (expected) => {
    expect(mean(expected.values)).toBeCloseTo(expected.mean, 12)
    if (expected.standardDeviation !== null) {
      expect(standardDeviation(expected.values)).toBeCloseTo(expected.standardDeviation, 12)
    }
  })
})

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
