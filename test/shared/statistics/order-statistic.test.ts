import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../shared/planning/seeded-random.ts'
import { sortedCopy } from '../../../shared/statistics/descriptive.ts'
import { binomialRanks, percentileInterval } from '../../../shared/statistics/order-statistic.ts'
import { normal } from '../../fakes/simulated-blocks.ts'
import cases from '../../fixtures/statistics/order-statistics.json' with { type: 'json' }

describe('binomialRanks', () => {
  it.each(cases)('agree with SciPy for p$share of $count', (expected) => {
    expect(binomialRanks(expected.count, expected.share, 0.95)).toEqual({
      low: expected.lowRank,
      high: expected.highRank,
    })
    expect(expected.quantileTestLowRank ?? expected.lowRank).toBe(expected.lowRank)
    expect(expected.quantileTestHighRank ?? expected.highRank).toBe(expected.highRank)
  })
})

describe('percentileInterval', () => {
  it.each([
    [0.9, 36],
    [0.95, 72],
    [0.99, 368],
  ])('of p%s needs %s samples', (share, needed) => {
    const values = sortedCopy(Array.from({ length: needed }, (_, index) => index))
    expect(percentileInterval(values, share, 0.95)?.method).toBe('order-statistic')
    expect(percentileInterval(values.slice(1), share, 0.95)).toBeNull()
  })

  it('is widened where blocks differ more than their samples do, and says so', () => {
    const random = seededRandom(1)
    const blocks = Array.from({ length: 12 }, () => {
      const offset = 0.1 * normal(random)
      return Array.from({ length: 50 }, () => 10 + offset + 0.01 * normal(random))
    })
    const sorted = sortedCopy(blocks.flat())
    const plain = percentileInterval(sorted, 0.5, 0.95)
    const widened = percentileInterval(sorted, 0.5, 0.95, { name: 'blocks', sorted: blocks.map(sortedCopy) })
    expect(widened?.method).toBe('order-statistic, widened for scatter between blocks')
    expect(widened?.low).toBeLessThan(plain?.low ?? 0)
    expect(widened?.high).toBeGreaterThan(plain?.high ?? Number.POSITIVE_INFINITY)
  })

  it('covers the true median about as often as it promises where samples of a block move together', () => {
    const random = seededRandom(7)
    let [covered, coveredPlain] = [0, 0]
    const trials = 400
    for (let trial = 0; trial < trials; trial += 1) {
      const blocks = Array.from({ length: 12 }, () => {
        const offset = 0.05 * normal(random)
        return Array.from({ length: 20 }, () => offset + 0.05 * normal(random))
      })
      const sorted = sortedCopy(blocks.flat())
      const interval = percentileInterval(sorted, 0.5, 0.95, { name: 'blocks', sorted: blocks.map(sortedCopy) })
      const plain = percentileInterval(sorted, 0.5, 0.95)
      if (interval !== null && interval.low <= 0 && interval.high >= 0) covered += 1
      if (plain !== null && plain.low <= 0 && plain.high >= 0) coveredPlain += 1
    }
    expect(covered / trials).toBeGreaterThan(0.92)
    expect(coveredPlain / trials).toBeLessThan(0.8)
  })

  it('covers the true median about as often as it promises where launches are off together', () => {
    const random = seededRandom(8)
    let covered = 0
    const trials = 400
    for (let trial = 0; trial < trials; trial += 1) {
      const launches = Array.from({ length: 5 }, () => {
        const offset = 0.05 * normal(random)
        return Array.from({ length: 60 }, () => offset + 0.01 * normal(random))
      })
      const sorted = sortedCopy(launches.flat())
      const interval = percentileInterval(sorted, 0.5, 0.95, { name: 'launches', sorted: launches.map(sortedCopy) })
      if (interval !== null && interval.low <= 0 && interval.high >= 0) covered += 1
    }
    expect(covered / trials).toBeGreaterThan(0.9)
  })
})
