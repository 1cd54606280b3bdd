import { expect, test } from 'vitest'
import { zeroScale } from '../../../../shared/report/charts/scale.ts'

test.each([
  [5.1, [0, 2, 4, 6]],
  [4.9, [0, 1, 2, 3, 4, 5]],
  [0.08, [0, 0.02, 0.04, 0.06, 0.08]],
  [0, [0, 0.2, 0.4, 0.6, 0.8, 1]],
])('the axis for %s starts at zero, ends above it and has round ticks', (largest, ticks) => {
  expect(zeroScale(largest, 100, 5).ticks).toEqual(ticks)
})
