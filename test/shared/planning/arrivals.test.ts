import { expect, test } from 'vitest'
import { arrivalTimes, mostArrivals } from '../../../shared/planning/arrivals.ts'

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
