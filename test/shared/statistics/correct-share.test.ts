import { expect, test } from 'vitest'
import { correctShare } from '../../../shared/statistics/correct-share.ts'

test('an image is right where its largest score, the first of equals, is at its label', () => {
  expect(correctShare([1, 2, 2, 1, 3, 3], [1, 0, 1])).toBeCloseTo(2 / 3, 12)
})
