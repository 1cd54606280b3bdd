import { describe, expect, it } from 'vitest'
import { measured } from '../../../shared/domain/figure.ts'
import { seededRandom } from '../../../shared/planning/seeded-random.ts'
import { mean } from '../../../shared/statistics/descriptive.ts'
import { studentInterval } from '../../../shared/statistics/distributions.ts'
import { independentRatio } from '../../../shared/statistics/independent-ratio.ts'
import { figureOf } from '../../fakes/compared-runs.ts'
import { normal } from '../../fakes/simulated-blocks.ts'

const over = (figure: ReturnType<typeof figureOf>, launches = 8) => {
  if (figure.value === null) throw new Error('a figure was expected')
  return { figure, launches }
}

describe('the ratio of two figures of different runs', () => {
  it('adds the squares of how far both reach, as logarithms', () => {
    const { value, interval } = independentRatio(over(figureOf(11, 0.03)), over(figureOf(10, 0.04)), 0.95)
    const reach = Math.hypot(Math.log(1.03), Math.log(1.04))
    expect(value).toBeCloseTo(1.1)
    expect(interval).toEqual({
      low: expect.closeTo(1.1 * Math.exp(-reach), 10),
      high: expect.closeTo(1.1 * Math.exp(reach), 10),
      level: 0.95,
      method: 'from two intervals over 8 and 8 launches',
    })
  })

  it('takes the side of each interval that faces away', () => {
    const lopsided = measured(10, { low: 9.9, high: 12, level: 0.95, method: 'student-t over 5 launches' })
    const { interval } = independentRatio({ figure: lopsided, launches: 5 } as never, over(figureOf(10, 0), 5), 0.95)
    expect(interval).toMatchObject({ low: expect.closeTo(0.99, 10), high: expect.closeTo(1.2, 10) })
  })

  it('is wider at a higher level, by Student’s t of each', () => {
    // t of 7 degrees of freedom: 2.364624 at 95 %, 3.499483 at 99 % (SciPy).
    const { interval } = independentRatio(over(figureOf(10, 0.02)), over(figureOf(10, 0)), 0.99)
    expect(Math.log(interval?.high ?? 0)).toBeCloseTo((Math.log(1.02) * 3.499483) / 2.364624, 6)
  })

  it.each([
    ['without an interval', figureOf(10, null), 8],
    ['over one launch', figureOf(10), 1],
  ])('has no interval where a figure is %s', (_what, figure, launches) => {
    expect(independentRatio(over(figure, launches), over(figureOf(10)), 0.95)).toEqual({ value: 1, interval: null })
  })

  it.each([
    [2, 2],
    [5, 5],
    [5, 20],
  ])('holds the truth in at least 95 of 100, over %i and %i launches', (left, right) => {
    const random = seededRandom(7)
    const truth = Math.log(1.04)
    const drawn = (launches: number, centre: number, spread: number) => {
      const levels = Array.from({ length: launches }, () => centre + spread * normal(random))
      const range = studentInterval(levels, 0.95) ?? { low: 0, high: 0 }
      const interval = { low: Math.exp(range.low), high: Math.exp(range.high), level: 0.95, method: 'student-t' }
      return { figure: { value: Math.exp(mean(levels)), interval }, launches }
    }
    const trials = 1000
    const held = Array.from({ length: trials }, () => {
      const { interval } = independentRatio(drawn(left, truth, 0.02), drawn(right, 0, 0.02), 0.95)
      return interval !== null && Math.log(interval.low) <= truth && Math.log(interval.high) >= truth
    }).filter(Boolean).length
    expect(held / trials).toBeGreaterThanOrEqual(0.94)
  })
})
