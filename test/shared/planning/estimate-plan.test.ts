import { describe, expect, it } from 'vitest'
import { blockDurationMs, estimatePlanMs } from '../../../shared/planning/estimate-plan.ts'
import { expandPlan } from '../../../shared/planning/expand-plan.ts'
import { blockRule } from '../../../shared/planning/protocol.ts'
import { fakePlan } from '../../fakes/run-record.ts'
import { manifest } from './manifest.ts'

describe('blockDurationMs', () => {
  it.each([
    [1, 250],
    [12.5, 250],
    [50, 1000],
    [100, 2000],
    [400, 2000],
    [1000, 3000],
  ])('of queries that take %s ms is %s ms', (latencyMs, expected) => {
    expect(blockDurationMs(blockRule, latencyMs)).toBe(expected)
  })
})

describe('estimatePlanMs', () => {
  const plan = fakePlan({ batchSizes: [1, 8] })
  const groups = expandPlan(plan, manifest)

  it('adds loading, memory, warm-up and rounds of every case', () => {
    const perCase = 4000 + 3 * 50 + 5 * (4000 + 2000 + 4 * 1000)
    expect(estimatePlanMs(plan, groups, () => 50)).toBe(2 * perCase)
  })

  it('adds the watching of the machine and the passes', () => {
    const real = fakePlan({
      candidates: [{ backend: 'onnxruntime', precision: 'fp32', options: {} }],
      passes: { coldStart: { launches: 5 }, offline: { images: 100 }, energy: { blockMs: 30_000 } },
    })
    const rounds = 4000 + 3 * 50 + 5 * (4000 + 2000 + 4 * 1000)
    const passes = 5 * (4000 + 2 * 50) + (4000 + 2000 + 100 * 50)
    const estimate = estimatePlanMs(real, expandPlan(real, manifest), () => 50)
    expect(estimate).toBe(5000 + rounds + passes)
  })

  it('counts only the launches that fit the time of each group', () => {
    const pair = fakePlan({ candidates: [...plan.candidates, ...plan.candidates] })
    const estimate = estimatePlanMs(pair, expandPlan(pair, manifest), () => 50)
    expect(estimate).toBe(2 * (4000 + 3 * 50) + 3 * 2 * (4000 + 2000 + 4 * 1000))
    const limited = { ...pair, budget: { mostLaunches: 1 } }
    const one = estimatePlanMs(limited, expandPlan(limited, manifest), () => 50)
    expect(one).toBe(2 * (4000 + 3 * 50) + 2 * (4000 + 2000 + 12 * 1000))
  })

  it('does not guess where a latency is not known', () => {
    expect(estimatePlanMs(plan, groups)).toBeNull()
    expect(estimatePlanMs(plan, groups, (groupKey) => (groupKey === 'clip-b1' ? 50 : null))).toBeNull()
  })
})
