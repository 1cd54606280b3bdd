import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../shared/planning/seeded-random.ts'
import { steadinessOf } from '../../../shared/statistics/steadiness.ts'
import { normal } from '../../fakes/simulated-blocks.ts'

function series(count: number, spread: number, drift: (index: number) => number, seed = 3): readonly number[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, index) => 10 * drift(index) * Math.exp(spread * normal(random)))
}

describe('steadinessOf', () => {
  it('finds steady what only scatters, however much', () => {
    const verdicts = Array.from(
      { length: 300 },
      (_, seed) =>
        steadinessOf(
          series(120, 0.7, () => 1, seed),
          0,
        ).verdict,
    )
    expect(verdicts.filter((verdict) => verdict === 'steady').length).toBeGreaterThan(280)
  })

  it('refuses a step between the two halves', () => {
    expect(
      steadinessOf(
        series(120, 0.02, (index) => (index < 70 ? 1.2 : 1)),
        1200,
      ),
    ).toEqual({
      verdict: 'no-steady-state',
      iterations: 120,
      elapsedMs: 1200,
      reason: expect.stringMatching(/^the median still moved by -1\d\.\d %, limit 5\.0 %$/),
    })
  })

  it('refuses a slow drift that stays below the limit of the halves', () => {
    const drifting = series(100, 0.001, (index) => 1 - 0.0008 * index)
    expect(steadinessOf(drifting, 0)).toMatchObject({
      verdict: 'no-steady-state',
      reason: 'window medians all move one way',
    })
  })

  it('looks at the last hundred samples only', () => {
    expect(steadinessOf([...series(50, 0.02, () => 9), ...series(100, 0.02, () => 1)], 0).verdict).toBe('steady')
  })

  it('judges few samples and says how many; fewer than ten it leaves unjudged', () => {
    expect(
      steadinessOf(
        series(24, 0.02, () => 1),
        0,
      ),
    ).toMatchObject({
      verdict: 'steady',
      reason: expect.stringContaining('judged on 24 samples'),
    })
    expect(
      steadinessOf(
        series(9, 0.02, () => 1),
        0,
      ),
    ).toMatchObject({
      verdict: 'not-checked',
      reason: '9 samples are too few to tell',
    })
  })
})
