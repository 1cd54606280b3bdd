import { expect, test } from 'vitest'
import { fewestQueries } from '../../../shared/planning/fewest-queries.ts'
import { fewestSamples } from '../../../shared/statistics/case-summary.ts'

test('the floors are those of the latencies of the rounds', () => {
  expect([90, 95, 99].map(fewestQueries)).toEqual([fewestSamples.p90, fewestSamples.p95, fewestSamples.p99])
})

test('a higher percentile needs more', () => {
  const needed = [50, 75, 90, 95, 99, 99.9].map(fewestQueries)
  expect(needed).toEqual([...needed].sort((left, right) => left - right))
  expect(needed.at(-1)).toBeGreaterThan(6000)
})
