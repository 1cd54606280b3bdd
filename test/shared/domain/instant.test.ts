import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instantSchema } from '../../../shared/domain/instant.ts'

test('what the app writes as a moment can be read, and is a date', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
      expect(instantSchema.parse(date.toISOString())).toBe(date.toISOString())
    }),
  )
})

test('whatever can be read as a moment is a date', () => {
  const shape = fc
    .tuple(fc.nat(9999), fc.nat(19), fc.nat(39), fc.nat(29), fc.nat(69), fc.nat(69))
    .map((parts) => parts.map((part, index) => String(part).padStart(index === 0 ? 4 : 2, '0')))
    .map(([year, month, day, hour, minute, second]) => `${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  fc.assert(
    fc.property(fc.oneof(shape, fc.string()), (text) => {
      if (instantSchema.safeParse(text).success) expect(new Date(text).getTime()).not.toBeNaN()
    }),
  )
})

test.each(['x', '', '2026', '2026-02-30T00:00:00Z', '2026-01-01T25:00:00Z', '2026-01-01 00:00:00', '1e9'])(
  '%j is no moment',
  (text) => {
    expect(instantSchema.safeParse(text).success).toBe(false)
  },
)
