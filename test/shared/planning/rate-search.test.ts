import { describe, expect, it } from 'vitest'
import { highestKept, nextRate, searchTrials, type TriedRate } from '../../../shared/planning/rate-search.ts'

/** The whole search against a judge of rates. */
function search(keeps: (rate: number, trial: number) => boolean, canKeepBound = true): TriedRate[] {
  const tried: TriedRate[] = []
  const next = () => nextRate({ capacityPerSecond: 100, canKeepBound }, tried)
  for (let rate = next(); rate !== null; rate = next()) {
    tried.push({ ratePerSecond: rate, keepsBound: keeps(rate, tried.length) })
  }
  return tried
}

describe('the search of a rate', () => {
  it('closes in on the highest that keeps the bound, from either side', () => {
    for (const limit of [7, 20, 49, 51, 83, 99, 140, 370]) {
      const tried = search((rate) => rate <= limit)
      const highest = highestKept(tried) ?? 0
      expect(tried).toHaveLength(searchTrials)
      expect(highest).toBeLessThanOrEqual(limit)
      expect(highest).toBeGreaterThan(0.8 * limit)
    }
  })

  it('doubles, then goes between', () => {
    expect(search((rate) => rate <= 70).map(({ ratePerSecond }) => ratePerSecond)).toEqual([
      50, 100, 75, 62.5, 68.75, 71.875, 70.3125, 69.53125,
    ])
  })

  it('gives up where queries hardly meet and the bound is still missed', () => {
    const tried = search(() => false)
    expect(tried.map(({ ratePerSecond }) => ratePerSecond)).toEqual([50, 25, 12.5, 6.25])
    expect(highestKept(tried)).toBeNull()
  })

  it('tries once where one query alone takes longer than the bound', () => {
    expect(search(() => false, false)).toHaveLength(1)
  })

  it('goes on above a rate that chance missed, and ends all the same', () => {
    const tried = search((rate, trial) => trial !== 0 && rate <= 70)
    expect(tried).toHaveLength(searchTrials)
    expect(highestKept(tried)).toBeGreaterThan(25)
  })
})
