import { describe, expect, it } from 'vitest'
import { leadSampleCount, measuringRules } from '../../../shared/planning/protocol.ts'

describe('measuringRules', () => {
  it('are 1 × 12, 5 × 12 and 5 × 24, with a longer warm-up on a GPU', () => {
    const rules = (['quick', 'standard', 'rigorous'] as const).map((preset) => measuringRules(preset, 'cpu'))
    expect(rules.map(({ launches, rounds }) => [launches, rounds])).toEqual([
      [1, 12],
      [5, 12],
      [5, 24],
    ])
    expect(measuringRules('quick', 'cuda').warmup.minimumIterations).toBe(50)
  })
})

describe('leadSampleCount', () => {
  it('is a fifth of the block, three at most', () => {
    expect([1, 4, 5, 9, 10, 15, 100].map(leadSampleCount)).toEqual([0, 0, 1, 1, 2, 3, 3])
  })
})
