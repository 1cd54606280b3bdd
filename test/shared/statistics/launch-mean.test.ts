import { describe, expect, it } from 'vitest'
import { launchMean, type Start } from '../../../shared/statistics/launch-mean.ts'
import answers from '../../fixtures/statistics/launch-starts.json' with { type: 'json' }

describe('launchMean', () => {
  it.each(answers)(
    'has the intercept of SciPy’s line over the order of starting ($starts.length launches)',
    (expected) => {
      expect(launchMean(expected.values, expected.starts as Start[])).toEqual({
        centre: expect.closeTo(expected.centre, 9),
        deviation: expect.closeTo(expected.deviation, 9),
        error: expect.closeTo(expected.error, 9),
        degreesOfFreedom: expected.values.length - 2,
        isWithoutStart: true,
      })
    },
  )

  it.each([
    ['is not used', null],
    ['never changed', [1, 1, 1, 1] as const],
  ])('is the plain mean where the order of starting %s', (_, starts) => {
    expect(launchMean([0.01, 0.02, 0.03, 0.04], starts)).toEqual({
      centre: expect.closeTo(0.025, 12),
      deviation: expect.closeTo(0.0129099445, 9),
      error: expect.closeTo(0.00645497224, 9),
      degreesOfFreedom: 3,
      isWithoutStart: false,
    })
  })
})
