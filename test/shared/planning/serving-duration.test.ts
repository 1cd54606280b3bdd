import { expect, test } from 'vitest'
import { arrivalTimes } from '../../../shared/planning/arrivals.ts'
import { fewestQueries } from '../../../shared/planning/fewest-queries.ts'
import { longestBoundMs, trialDurationMs } from '../../../shared/planning/serving-duration.ts'

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
