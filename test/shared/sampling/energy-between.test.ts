import { expect, test } from 'vitest'
import { energyBetween } from '../../../shared/sampling/energy-between.ts'

test('energy is what the counter went up by', () => {
  expect(energyBetween(5000.25, 5012.5)).toEqual({ value: 12.25, interval: null })
})

test('fault-22: a counter that was reset or cannot be read gives a reason, never a negative energy or 0', () => {
  expect(energyBetween(5000, 3)).toEqual({ value: null, reason: 'The energy counter was reset in between.' })
  expect(energyBetween(null, 3)).toEqual({
    value: null,
    reason: 'This GPU has no energy counter that can be read.',
  })
})
