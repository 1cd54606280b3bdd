import { expect, test } from 'vitest'
import { clockReasons } from '../../../shared/sampling/clock-reasons.ts'

test('known bits become names', () => {
  expect(clockReasons(0n)).toEqual([])
  expect(clockReasons(0x1ffn)).toEqual([
    'idle',
    'application-clocks',
    'software-power-cap',
    'hardware-slowdown',
    'sync-boost',
    'software-thermal',
    'hardware-thermal',
    'power-brake',
    'display-clock',
  ])
})

test('fault-22: a bit that is not known is never passed over', () => {
  expect(clockReasons(0x1000_0000_0000_0004n)).toEqual(['software-power-cap', 'other'])
})
