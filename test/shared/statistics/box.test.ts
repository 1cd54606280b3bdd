import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boxAround, overlap } from '../../../shared/statistics/detections.ts'

const side = fc.double({ min: 0, max: 1, noNaN: true })
const box = fc.tuple(side, side, side, side).map((parts) => boxAround(...parts))

describe('overlap', () => {
  it('is what two boxes share of what they cover together', () => {
    expect(overlap(boxAround(1, 1, 2, 2), boxAround(2, 1, 2, 2))).toBeCloseTo(1 / 3, 12)
    expect(overlap(boxAround(1, 1, 2, 2), boxAround(4, 1, 2, 2))).toBe(0)
  })

  it('is none where neither has an area', () => {
    expect(overlap(boxAround(1, 1, 0, 0), boxAround(1, 1, 0, 0))).toBe(0)
  })

  it('is the same from either side, and never leaves 0 to 1', () => {
    fc.assert(
      fc.property(box, box, (one, other) => {
        expect(overlap(one, other)).toBe(overlap(other, one))
        expect(overlap(one, other)).toBeGreaterThanOrEqual(0)
        expect(overlap(one, other)).toBeLessThanOrEqual(1)
      }),
    )
  })
})
