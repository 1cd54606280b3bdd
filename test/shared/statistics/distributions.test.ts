import { describe, expect, it } from 'vitest'
import {
  binomialCdf,
  binomialQuantile,
  shareFigure,
  studentInterval,
  studentPValue,
  studentQuantile,
  studentTail,
} from '../../../shared/statistics/distributions.ts'

import binomialAnswers from '../../fixtures/statistics/binomials.json' with { type: 'json' }

describe('binomialCdf', () => {
  it.each(binomialAnswers.distribution)('agrees with SciPy at $count of $trials with probability $share', (entry) => {
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
  it.each(binomialAnswers.shares)(
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

import studentAnswers from '../../fixtures/statistics/student.json' with { type: 'json' }

describe('studentQuantile', () => {
  it.each(studentAnswers.quantiles)('agrees with SciPy at $level with $degreesOfFreedom degrees', (entry) => {
    expect(studentQuantile(entry.level, entry.degreesOfFreedom) / entry.t).toBeCloseTo(1, 9)
  })

  it('is undone by the tail probability', () => {
    expect(studentTail(studentQuantile(0.95, 4), 4)).toBeCloseTo(0.05, 10)
  })
})

describe('studentInterval', () => {
  it.each(studentAnswers.intervals)('agrees with SciPy on $values.length values', ({ values, low, high, pValue }) => {
    const interval = studentInterval(values, 0.95)
    expect(interval?.low).toBeCloseTo(low, 10)
    expect(interval?.high).toBeCloseTo(high, 10)
    expect(studentPValue(values)).toBeCloseTo(pValue, 9)
  })

  it('cannot be given for one value', () => {
    expect(studentInterval([0.1], 0.95)).toBeNull()
    expect(studentPValue([0.1])).toBe(1)
  })

  it('finds no difference in values that are all zero', () => {
    expect(studentPValue([0, 0, 0])).toBe(1)
  })
})
