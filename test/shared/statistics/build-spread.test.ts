import { expect, test } from 'vitest'
import { buildSpread } from '../../../shared/statistics/build-spread.ts'

test('the spread between builds is that of their speedups', () => {
  expect(buildSpread([1.96, 2.0149, 1.915])).toBe('between builds: 1.92–2.01 ×')
  expect(buildSpread([2.001, 1.999])).toBe('between builds: 2.00 ×')
})

test('one build has no spread', () => {
  expect(buildSpread([2])).toBeNull()
})
