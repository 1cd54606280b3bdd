import { describe, expect, it, test } from 'vitest'
import {
  arrivalTimes,
  fewestQueries,
  highestKept,
  longestBoundMs,
  mostArrivals,
  nextRate,
  searchTrials,
  type TriedRate,
  trialDurationMs,
} from '../../../shared/passes/server-trials.ts'
import { fewestSamples } from '../../../shared/statistics/case-summary.ts'

test('arrivals of a rate come at that rate, with exponential gaps, and end with the time', () => {
  const times = arrivalTimes(100, 600_000, 7)
  const gaps = times.map((atMs, index) => atMs - (times[index - 1] ?? 0))
  expect(times.length / 600).toBeGreaterThan(98)
  expect(times.length / 600).toBeLessThan(102)
  expect(times.at(-1)).toBeLessThan(600_000)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0)
  // Of an exponential distribution: 1/e of the gaps are longer than the mean, and its spread is its mean.
  expect(gaps.filter((gap) => gap > 10).length / gaps.length).toBeCloseTo(Math.exp(-1), 2)
  const variance = gaps.reduce((sum, gap) => sum + (gap - 10) ** 2, 0) / gaps.length
  expect(Math.sqrt(variance) / 10).toBeCloseTo(1, 1)
})

test('the seed alone decides them', () => {
  expect(arrivalTimes(50, 2000, 3)).toEqual(arrivalTimes(50, 2000, 3))
  expect(arrivalTimes(50, 2000, 3)).not.toEqual(arrivalTimes(50, 2000, 4))
})

test('there is at least one, and never more than a command carries', () => {
  expect(arrivalTimes(0.001, 1, 1)).toHaveLength(1)
  expect(arrivalTimes(1e6, 600_000, 1)).toHaveLength(mostArrivals)
})

test('the floors are those of the latencies of the rounds', () => {
  expect([90, 95, 99].map(fewestQueries)).toEqual([fewestSamples.p90, fewestSamples.p95, fewestSamples.p99])
})

test('a higher percentile needs more', () => {
  const needed = [50, 75, 90, 95, 99, 99.9].map(fewestQueries)
  expect(needed).toEqual([...needed].sort((left, right) => left - right))
  expect(needed.at(-1)).toBeGreaterThan(6000)
})

test('a trial lasts as long as was asked, and longer where its percentile needs more queries, within ten minutes', () => {
  const request = { latencyBoundMs: 50, durationMs: 10_000, percentile: 99 }
  expect(trialDurationMs(request, 1000)).toBe(10_000)
  expect(trialDurationMs(request, 10)).toBeGreaterThan(66_200)
  expect(trialDurationMs(request, 0.01)).toBe(600_000)
})

test('chance hardly ever brings too few', () => {
  const short = Array.from({ length: 200 }, (_, seed) => {
    const durationMs = trialDurationMs({ latencyBoundMs: 50, durationMs: 1000, percentile: 90 }, 20)
    return arrivalTimes(20, durationMs, seed).length
  }).filter((count) => count < fewestQueries(90))
  expect(short.length).toBeLessThanOrEqual(2)
})

test('a trial is long beside its bound, so that a queue which only grows does not end before it is seen', () => {
  expect(trialDurationMs({ latencyBoundMs: 4000, durationMs: 10_000, percentile: 99 }, 1000)).toBe(80_000)
  expect(trialDurationMs({ latencyBoundMs: longestBoundMs, durationMs: 10_000, percentile: 99 }, 1000)).toBe(600_000)
})

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
