import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  hodgesLehmann,
  signedRankCdf,
  signedRankInterval,
  signedRankPValue,
  walshAverages,
} from '../../../shared/statistics/wilcoxon.ts'
import cases from '../../fixtures/statistics/signed-ranks.json' with { type: 'json' }

describe('Wilcoxon’s signed ranks', () => {
  it.each(cases)('give the estimate, interval and p that SciPy gives for $values.length values', (expected) => {
    expect(hodgesLehmann(expected.values)).toBeCloseTo(expected.hodgesLehmann, 12)
    expect(signedRankPValue(expected.values)).toBeCloseTo(expected.pValue, 10)
    const interval = signedRankInterval(expected.values, 0.95)
    expect(interval === null).toBe(expected.interval === null)
    expect(interval?.low ?? 0).toBeCloseTo(expected.interval?.[0] ?? 0, 12)
    expect(interval?.high ?? 0).toBeCloseTo(expected.interval?.[1] ?? 0, 12)
  })

  it('need six values for an interval at 95 %', () => {
    expect(signedRankInterval([1, 2, 3, 4, 5], 0.95)).toBeNull()
    expect(signedRankInterval([1, 2, 3, 4, 5, 6], 0.95)).toEqual({ low: 1, high: 6 })
  })

  it('have a distribution that ends at one', () => {
    expect(signedRankCdf(24).at(-1)).toBeCloseTo(1, 12)
  })

  it('find no difference in values that are all zero', () => {
    expect(signedRankPValue([0, 0, 0, 0, 0, 0])).toBe(1)
  })

  it('exclude zero from the interval exactly when p is small, and hold the estimate inside', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -500, max: 900 }), { minLength: 6, maxLength: 30 }), (values) => {
        fc.pre(walshAverages(values).every((average) => average !== 0))
        const interval = signedRankInterval(values, 0.95)
        if (interval === null) throw new Error('six values are enough')
        expect(interval.low > 0 || interval.high < 0).toBe(signedRankPValue(values) <= 0.05)
        expect(hodgesLehmann(values)).toBeGreaterThanOrEqual(interval.low)
        expect(hodgesLehmann(values)).toBeLessThanOrEqual(interval.high)
      }),
    )
  })

  it('move with the values: a shift shifts both ends', () => {
    const values = [0.3, -0.1, 0.2, 0.5, 0.05, 0.7, -0.2]
    const interval = signedRankInterval(values, 0.95)
    const shifted = signedRankInterval(
      values.map((value) => value + 10),
      0.95,
    )
    expect(shifted?.low).toBeCloseTo((interval?.low ?? 0) + 10, 10)
    expect(shifted?.high).toBeCloseTo((interval?.high ?? 0) + 10, 10)
  })
})
