import { expect, test } from 'vitest'
import { picksWithoutTie, shareWithChange } from './simulated-runs.ts'

const limitMs = 600_000

test(
  'identical runs show a change in at most 5 of 100, and a change of 15 % is found in at least 90',
  () => {
    expect(shareWithChange(400, 1)).toBeLessThanOrEqual(0.05)
    expect(shareWithChange(400, 1.15)).toBeGreaterThanOrEqual(0.9)
  },
  limitMs,
)

test.each([
  [2, 0.01],
  [2, 0.03],
  [3, 0.02],
  [4, 0.02],
])(
  'of %i identical candidates with launches off by %d, a pick is not called a tie in at most 5 of 100',
  (count, launchSpread) => {
    expect(picksWithoutTie({ trials: 400, count, launchSpread }).untied).toBeLessThanOrEqual(0.05)
  },
  limitMs,
)

test(
  'a candidate that is 15 % faster is picked without a tie in at least 90 of 100',
  () => {
    expect(picksWithoutTie({ trials: 400, count: 3, launchSpread: 0.01, faster: 1.15 }).right).toBeGreaterThanOrEqual(
      0.9,
    )
  },
  limitMs,
)
