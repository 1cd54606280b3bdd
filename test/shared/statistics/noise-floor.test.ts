import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../shared/planning/seeded-random.ts'
import { estimateNoiseFloor } from '../../../shared/statistics/noise-floor.ts'
import { normal } from '../../fakes/simulated-blocks.ts'

/** 1.001, 0.998, 1.003, …: |ratio − 1| is 0.001, 0.002, … */
const ratios = (count: number) =>
  Array.from({ length: count }, (_, index) => 1 + ((index + 1) / 1000) * (index % 2 === 0 ? 1 : -1))

describe('the noise floor', () => {
  it('is the 95th percentile of how far copies lie from 1, on either side', () => {
    const floor = estimateNoiseFloor(ratios(40))
    expect(floor?.value).toBeCloseTo(0.03895, 10)
    expect(floor?.interval.low).toBeCloseTo(0.035, 10)
    expect(floor?.interval.high).toBeCloseTo(0.04, 10)
    expect(floor?.interval).toMatchObject({ method: 'order-statistic, up to the largest of 40 comparisons' })
    // P(35 ≤ binomial(40, 0.95) ≤ 39)
    expect(floor?.interval.level).toBeCloseTo(0.8576, 3)
  })

  it('has an interval at 95 % where the comparisons suffice for one', () => {
    const floor = estimateNoiseFloor(ratios(100))
    expect(floor?.interval).toMatchObject({ level: 0.95, method: 'order-statistic' })
    expect(floor?.interval.low).toBeCloseTo(0.09, 10)
    expect(floor?.interval.high).toBeCloseTo(0.1, 10)
  })

  it('is none with fewer than forty comparisons', () => {
    expect(estimateNoiseFloor(ratios(39))).toBe(null)
  })

  it('is exceeded by the next comparison in one of twenty, however few it was taken from', () => {
    const trials = 5000
    const random = seededRandom(20)
    const next = () => 1 + 0.01 * normal(random)
    let exceeded = 0
    for (let trial = 0; trial < trials; trial += 1) {
      const floor = estimateNoiseFloor(Array.from({ length: 40 }, next))
      if (Math.abs(next() - 1) > (floor?.value ?? 0)) exceeded += 1
    }
    expect(exceeded / trials).toBeGreaterThan(0.042)
    expect(exceeded / trials).toBeLessThan(0.058)
  })

  it.each([40, 100])('lies with its interval around the truth as often as it states (%i comparisons)', (count) => {
    const truth = 1.959964 * 0.01
    const trials = 2000
    const random = seededRandom(40 + count)
    let covered = 0
    let level = 0
    for (let trial = 0; trial < trials; trial += 1) {
      const floor = estimateNoiseFloor(Array.from({ length: count }, () => 1 + 0.01 * normal(random)))
      if (floor === null) throw new Error('there are enough comparisons')
      if (floor.interval.low <= truth && truth <= floor.interval.high) covered += 1
      level = floor.interval.level
    }
    expect(covered / trials).toBeGreaterThanOrEqual(level - 0.02)
    expect(covered / trials).toBeLessThanOrEqual(level + 0.03)
  })
})
