import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../shared/planning/seeded-random.ts'
import { percentileOfSorted, sortedCopy } from '../../../shared/statistics/descriptive.ts'
import { pooledInterval, poolSamples } from '../../../shared/statistics/launch-percentiles.ts'
import { normal } from '../../fakes/simulated-blocks.ts'
import launchAnswers from '../../fixtures/statistics/launch-medians.json' with { type: 'json' }

/** Launches of four blocks of 25 samples. */
function launchesOf(count: number, latencyAt: (launch: number, block: number) => number): Float64Array[][] {
  return Array.from({ length: count }, (_, launch) =>
    Array.from({ length: 4 }, (__, block) => sortedCopy(Array.from({ length: 25 }, () => latencyAt(launch, block)))),
  )
}

describe('percentiles of launches', () => {
  it.each(launchAnswers)(
    'that differ by themselves have SciPy’s t interval over them ($medians.length)',
    (expected) => {
      const pooled = poolSamples(launchesOf(expected.medians.length, (launch) => expected.medians[launch] ?? 0))
      for (const share of [0.5, 0.95]) {
        expect(percentileOfSorted(pooled.sorted, share)).toBeCloseTo(expected.value, 9)
        expect(pooledInterval(pooled, share, 0.95)).toEqual({
          low: expect.closeTo(expected.low, 9),
          high: expect.closeTo(expected.high, 9),
          level: 0.95,
          method: `student-t over ${expected.medians.length} launches`,
        })
      }
    },
  )

  it('show the scatter of queries, not that of launches', () => {
    const random = seededRandom(1)
    const pooled = poolSamples(launchesOf(20, (launch) => (launch < 10 ? 10 : 11) * Math.exp(0.01 * normal(random))))
    const width = percentileOfSorted(pooled.sorted, 0.95) / percentileOfSorted(pooled.sorted, 0.5)
    expect(width).toBeGreaterThan(1.012)
    expect(width).toBeLessThan(1.021)
  })

  it('keep what differs only because blocks do', () => {
    const random = seededRandom(2)
    const isBusy = Array.from({ length: 20 }, () => Array.from({ length: 4 }, () => random() < 0.3))
    const pooled = poolSamples(launchesOf(20, (launch, block) => (isBusy[launch]?.[block] ? 15 : 10)))
    expect(percentileOfSorted(pooled.sorted, 0.5)).toBeCloseTo(10, 1)
    expect(percentileOfSorted(pooled.sorted, 0.95)).toBeCloseTo(15, 1)
  })

  it('within one launch are over its samples, with an interval over its blocks', () => {
    const random = seededRandom(3)
    const [launch = []] = launchesOf(1, () => 10 * Math.exp(0.01 * normal(random)))
    const pooled = poolSamples([launch])
    const all = sortedCopy(launch.flatMap((block) => [...block]))
    expect(pooled.sorted).toEqual(all)
    const interval = pooledInterval(pooled, 0.5, 0.95)
    expect(interval?.method).toBe('student-t over 4 blocks, within this launch')
    expect(interval?.low).toBeLessThan(percentileOfSorted(all, 0.5))
    expect(interval?.high).toBeGreaterThan(percentileOfSorted(all, 0.5))
  })

  it('of one block have no interval, and of none no samples', () => {
    expect(pooledInterval(poolSamples([[Float64Array.of(1, 2, 3)]]), 0.5, 0.95)).toBeNull()
    expect(poolSamples([[], [new Float64Array(0)]]).sorted).toHaveLength(0)
  })

  it('are the same however often they are computed', () => {
    const random = seededRandom(4)
    const launches = launchesOf(5, () => 10 * Math.exp(0.1 * normal(random)))
    const interval = () => pooledInterval(poolSamples(launches), 0.95, 0.95)
    expect(interval()).toEqual(interval())
  })
})
