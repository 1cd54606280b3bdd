import { describe, expect, it } from 'vitest'
import { leadSampleCount, measuringRules } from '../../../shared/planning/protocol.ts'

describe('measuringRules', () => {
  it('warm up with more queries on a GPU', () => {
    expect(measuringRules('cpu').warmup.minimumIterations).toBe(20)
    expect(measuringRules('cuda').warmup.minimumIterations).toBe(50)
  })
})

describe('leadSampleCount', () => {
  it('is a fifth of the block, three at most', () => {
    expect([1, 4, 5, 9, 10, 15, 100].map(leadSampleCount)).toEqual([0, 0, 1, 1, 2, 3, 3])
  })
})
