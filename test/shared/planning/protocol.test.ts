import { describe, expect, it } from 'vitest'
import { leadSampleCount, measuringRules } from '../../../shared/planning/protocol.ts'

describe('measuringRules', () => {
  it('warm up with more queries on a GPU', () => {
    expect(measuringRules('cpu').warmup.minimumIterations).toBe(20)
    expect(measuringRules('cuda').warmup.minimumIterations).toBe(50)
  })

  it('look at a warm-up for less time in a quick run, so that several launches fit a minute', () => {
    const { warmup } = measuringRules('cpu')
    expect(measuringRules('cpu', 'quick').warmup).toEqual({ ...warmup, lookMs: 4000 })
    expect(measuringRules('cpu', 'rigorous').warmup).toEqual(warmup)
  })
})

describe('leadSampleCount', () => {
  it('is a fifth of the block, three at most', () => {
    expect([1, 4, 5, 9, 10, 15, 100].map(leadSampleCount)).toEqual([0, 0, 1, 1, 2, 3, 3])
  })
})
