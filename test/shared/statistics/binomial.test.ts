import { describe, expect, it } from 'vitest'
import { binomialCdf, binomialQuantile, shareFigure } from '../../../shared/statistics/binomial.ts'
import expected from '../../fixtures/statistics/binomials.json' with { type: 'json' }

describe('binomialCdf', () => {
  it.each(expected.distribution)('agrees with SciPy at $count of $trials with probability $share', (entry) => {
    expect(binomialCdf(entry.count, entry.trials, entry.share)).toBeCloseTo(entry.cdf, 9)
  })
})

describe('binomialQuantile', () => {
  it('is the smallest count that reaches the probability', () => {
    const quantile = binomialQuantile(0.025, 100, 0.5)
    expect(binomialCdf(quantile, 100, 0.5)).toBeGreaterThanOrEqual(0.025)
    expect(binomialCdf(quantile - 1, 100, 0.5)).toBeLessThan(0.025)
  })
})

describe('shareFigure', () => {
  it.each(expected.shares)(
    'gives Wilson’s interval of $correct in $total as SciPy does',
    ({ correct, total, low, high }) => {
      const figure = shareFigure(correct, total)
      if (figure.value === null) throw new Error(figure.reason)
      expect(figure.value).toBe(correct / total)
      expect(figure.interval?.low).toBeCloseTo(low, 7)
      expect(figure.interval?.high).toBeCloseTo(high, 7)
    },
  )

  it('is missing where nothing has a label', () => {
    expect(shareFigure(0, 0)).toEqual({ value: null, reason: 'no labelled images' })
  })
})
