import { describe, expect, it } from 'vitest'
import { holmPlaces } from '../../../shared/statistics/holm.ts'

describe('holmPlaces', () => {
  it('holds the smallest p against the strictest level, and stops at the first that does not pass', () => {
    expect(holmPlaces([0.2, 0.001, 0.04], 0.95)).toEqual([
      { level: expect.closeTo(0.95, 12), mayDiffer: false },
      { level: expect.closeTo(1 - 0.05 / 3, 12), mayDiffer: true },
      { level: expect.closeTo(0.975, 12), mayDiffer: true },
    ])
  })

  it('changes nothing for one comparison', () => {
    expect(holmPlaces([0.03], 0.95)).toEqual([{ level: expect.closeTo(0.95, 12), mayDiffer: true }])
  })
})
