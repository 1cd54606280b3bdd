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
    const perCase = 4000 + 3 * 50 + (4000 + 2000 + 12 * 1000)
    expect(estimatePlanMs(plan, groups, () => 50)).toBe(2 * perCase)
  })

  it('does not guess where a latency is not known', () => {
    expect(estimatePlanMs(plan, groups)).toBeNull()
    expect(estimatePlanMs(plan, groups, (groupKey) => (groupKey === 'clip-b1' ? 50 : null))).toBeNull()
  })
})
