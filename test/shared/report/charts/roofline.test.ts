import { describe, expect, it } from 'vitest'
import type { Limits } from '../../../../shared/passes/limits.ts'
import { rooflineOf } from '../../../../shared/report/charts/roofline.ts'
import { logScale } from '../../../../shared/report/charts/scale.ts'
import { exampleCase } from '../../../fakes/example-record.ts'

function limits(changes: { intensity: number; operationsPerSecond: number }): Limits {
  return {
    work: { operations: 1e9, bytes: 1e9 / changes.intensity, notCounted: [] },
    peak: { precision: 'fp32', operationsPerSecond: 1e12, bytesPerSecond: 1e10, source: 'measured' },
    shareOfRoof: 0.31,
    boundBy: 'compute',
    reason: 'r',
    ...changes,
  }
}

describe('a logarithmic scale', () => {
  it('spans whole decades around what is shown, a tick at each', () => {
    const scale = logScale([3, 420, 0, Number.NaN], 300)
    expect([scale.low, scale.high, scale.ticks]).toEqual([1, 1000, [1, 10, 100, 1000]])
    expect([scale.position(10), scale.position(0.01), scale.position(0)]).toEqual([100, 0, 0])
  })
})

describe('the geometry of a roofline', () => {
  it('is not there without limits', () => {
    expect(rooflineOf({ cases: [exampleCase(), exampleCase({ limits: { notMeasured: 'no graph' } })] })).toBeNull()
  })

  it('puts the ridge where bandwidth meets the peak, and every mark under its roof', () => {
    const cases = [
      exampleCase({ caseKey: 'a', limits: limits({ intensity: 100, operationsPerSecond: 1e12 }) }),
      exampleCase({ caseKey: 'b', limits: limits({ intensity: 10, operationsPerSecond: 1e10 }) }),
    ]
    const chart = rooflineOf({ cases }, { width: 464, height: 362, labelRoom: 100 })
    const [roof] = chart?.roofs ?? []
    const [ridge, slope] = chart?.marks ?? []
    expect(chart?.roofs.length).toBe(1)
    expect(ridge?.x).toBeCloseTo(roof?.points[1]?.x ?? Number.NaN)
    expect(ridge?.y).toBeCloseTo(roof?.points[1]?.y ?? Number.NaN)
    expect(slope?.y).toBeGreaterThan(slope?.roofY ?? Number.NaN)
    expect(roof?.points.every(({ x, y }) => x >= 64 && x <= 364 && y >= 22 && y <= 322)).toBe(true)
    expect(chart?.xTicks.map(({ text }) => text)).toEqual(['10', '100', '1 k'])
    expect(chart?.yTicks.map(({ text }) => text)).toEqual(['10 G', '100 G', '1 T'])
  })

  it('keeps the labels of neighbours apart', () => {
    const cases = ['a', 'b', 'c'].map((caseKey) =>
      exampleCase({ caseKey, limits: limits({ intensity: 100, operationsPerSecond: 5e11 }) }),
    )
    const ys = (rooflineOf({ cases })?.marks ?? []).map(({ labelY }) => labelY).toSorted((a, b) => a - b)
    expect(ys.map((y, index) => (index === 0 ? 14 : y - (ys[index - 1] ?? 0)))).toEqual([14, 14, 14])
  })
})
