import { expect, test } from 'vitest'
import { passesSchema, passFaults } from '../../../shared/passes/index.ts'

const server = { latencyBoundMs: 3_600_000, percentile: 99, ratePerSecond: null, durationMs: 10_000 }

test('a stored plan with a bound longer than may be asked for still opens as it is, and does not start again', () => {
  expect(passesSchema.parse({ server })).toEqual({ server })
  expect(passFaults({ server })).toEqual([
    {
      code: 'bad-usage',
      message: '--server-bound cannot be "3600000".',
      remedy: 'Give a number from 0.001 to 30000.',
    },
  ])
})
