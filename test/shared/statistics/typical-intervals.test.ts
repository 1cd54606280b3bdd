import { describe, expect, it } from 'vitest'
import { type Random, seededRandom } from '../../../shared/planning/seeded-random.ts'
import { sortedCopy } from '../../../shared/statistics/descriptive.ts'
import { pooledInterval, poolSamples } from '../../../shared/statistics/launch-percentiles.ts'
import {
  fewestIndependentSamples,
  independentSamples,
  typicalInterval,
} from '../../../shared/statistics/typical-intervals.ts'
import { normal } from '../../fakes/simulated-blocks.ts'
import launchAnswers from '../../fixtures/statistics/launch-medians.json' with { type: 'json' }

/** Launches of blocks of 25 samples. */
function launchesOf(launches: number, blocks: number, latencyAt: (launch: number, block: number) => number) {
  return Array.from({ length: launches }, (_, launch) =>
    Array.from({ length: blocks }, (__, block) =>
      sortedCopy(Array.from({ length: 25 }, () => latencyAt(launch, block))),
    ),
  )
}

const scattered = (random: Random) => 10 * Math.exp(0.05 * normal(random))

describe('typicalInterval', () => {
  it.each(launchAnswers)('is SciPy’s t interval where launches differ by themselves ($medians.length)', (expected) => {
    const pooled = poolSamples(launchesOf(expected.medians.length, 4, (launch) => expected.medians[launch] ?? 0))
    for (const share of [0.5, 0.95]) {
      expect(typicalInterval(pooled, share, 0.95)).toEqual({
        low: expect.closeTo(expected.low, 4),
        high: expect.closeTo(expected.high, 4),
        level: 0.95,
        method: `student-t over ${expected.medians.length} launches`,
      })
    }
  })

  it('is about that of protocol 2 where latency rises evenly', () => {
    const random = seededRandom(5)
    const pooled = poolSamples(launchesOf(12, 4, (launch) => scattered(random) * (1 + 0.002 * (launch % 5))))
    const [now, before] = [typicalInterval(pooled, 0.5, 0.95), pooledInterval(pooled, 0.5, 0.95)]
    if (now === null || before === null) throw new Error('there are launches enough')
    expect((now.high - now.low) / (before.high - before.low)).toBeCloseTo(1, 1)
  })

  it('reaches to where samples crowd, and as far beyond as launches are uncertain', () => {
    // A little less than half of the blocks take 10 ms and the others 12 to 13, in launches that are off by a little.
    const offsets = [0.01, -0.01, 0.005, -0.005, 0, 0.008, -0.008, 0]
    const random = seededRandom(6)
    const blocks = offsets.map((offset) =>
      Array.from({ length: 4 }, () => Float64Array.of((random() < 0.45 ? 10 : 12 + random()) * Math.exp(offset))),
    )
    const pooled = poolSamples(blocks, offsets)
    const [now, before] = [typicalInterval(pooled, 0.5, 0.95), pooledInterval(pooled, 0.5, 0.95)]
    if (now === null || before === null) throw new Error('there are launches enough')
    expect([now.low < 10, before.low > 10]).toEqual([true, true])
  })

  it('takes runs of neighbouring blocks within one launch, if there are enough, and gives only the median an interval', () => {
    const random = seededRandom(7)
    const pooled = (blocks: number) => poolSamples(launchesOf(1, blocks, () => scattered(random)))
    const methodOf = (blocks: number) => typicalInterval(pooled(blocks), 0.5, 0.95)?.method
    expect([12, 7, 4, 1].map(methodOf)).toEqual([
      'student-t over 3 runs of blocks, within this launch',
      'student-t over 3 runs of blocks, within this launch',
      'student-t over 4 blocks, within this launch',
      undefined,
    ])
    expect(typicalInterval(pooled(12), 0.5, 0.95, 6)?.method).toBe(
      'student-t over 6 runs of blocks, within this launch',
    )
    expect(typicalInterval(pooled(12), 0.95, 0.95)).toBeNull()
  })
})

describe('independent samples', () => {
  it.each([
    [0.9, 29],
    [0.95, 59],
    [0.99, 299],
  ])('are needed so that one lies beyond the percentile %f with 95 %% certainty: %i', (share, needed) => {
    expect(fewestIndependentSamples(share, 0.95)).toBe(needed)
  })

  it('are about all samples where those beyond the percentile are spread over blocks', () => {
    const random = seededRandom(8)
    const pooled = poolSamples(launchesOf(20, 4, () => scattered(random)))
    expect(independentSamples(pooled, 0.95)).toBeGreaterThan(1000)
    expect(independentSamples(pooled, 0.95)).toBeLessThanOrEqual(2000)
  })

  it('are few where one block has all samples beyond the percentile', () => {
    const random = seededRandom(9)
    const pooled = poolSamples(launchesOf(5, 4, (launch, block) => scattered(random) * (launch + block === 0 ? 2 : 1)))
    expect(independentSamples(pooled, 0.95)).toBeLessThan(25)
  })

  it('are all where nothing lies beyond, or there is only one block', () => {
    expect(independentSamples(poolSamples(launchesOf(5, 4, () => 10)), 0.95)).toBe(500)
    expect(independentSamples(poolSamples([[Float64Array.of(1, 2, 3)]]), 0.9)).toBe(3)
  })
})
