import { describe, expect, it } from 'vitest'
import { studentInterval, studentPValue, studentQuantile, studentTail } from '../../../shared/statistics/student-t.ts'
import expected from '../../fixtures/statistics/student.json' with { type: 'json' }

describe('studentQuantile', () => {
  it.each(expected.quantiles)('agrees with SciPy at $level with $degreesOfFreedom degrees', (entry) => {
    expect(studentQuantile(entry.level, entry.degreesOfFreedom) / entry.t).toBeCloseTo(1, 9)
  })

  it('is undone by the tail probability', () => {
    expect(studentTail(studentQuantile(0.95, 4), 4)).toBeCloseTo(0.05, 10)
  })
})

describe('studentInterval', () => {
  it.each(expected.intervals)('agrees with SciPy on $values.length values', ({ values, low, high, pValue }) => {
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
