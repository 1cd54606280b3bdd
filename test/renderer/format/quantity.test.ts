import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytes, clock, duration, gibibytes, moment, percent } from '../../../renderer/format/quantity.ts'

const now = new Date('2026-11-24T12:00:00')

test.each([
  ['2026-11-24T09:05:00', 'today 9:05'],
  ['2026-11-23T23:59:00', 'yesterday 23:59'],
  ['2026-11-19T14:02:00', '19 Nov 14:02'],
  ['x', 'unknown time'],
])('%s is %s', (text, expected) => {
  expect(moment(text, now)).toBe(expected)
})

test('every text and every number can be shown', () => {
  fc.assert(
    fc.property(fc.string(), fc.double(), (text, value) => {
      for (const format of [percent, bytes, gibibytes, clock, duration])
        expect(format(value)).toEqual(expect.any(String))
      expect(moment(text)).toEqual(expect.any(String))
    }),
  )
})
