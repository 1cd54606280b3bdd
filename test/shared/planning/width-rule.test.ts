import { describe, expect, it } from 'vitest'
import { mayEnd } from '../../../shared/planning/width-rule.ts'
import { judgeLaunches } from '../../../shared/statistics/sequential.ts'

describe('mayEnd', () => {
  const judgement = (spread: number) => {
    const launches = [1.5, 1.5 + spread, 1.5 - spread, 1.5, 1.5].map((ratio) => [Math.log(ratio)])
    return judgeLaunches([{ caseKey: 'a', launches }], { margin: 0.02, noiseFloor: null })
  }

  it('lets a decided group end where there is no rule', () => {
    expect(mayEnd(judgement(0.05), null)).toBe(true)
    expect(mayEnd({ ...judgement(0.05), isDecided: false }, null)).toBe(false)
  })

  it('lets a decided group go on until its intervals are as narrow as the rule asks', () => {
    expect(mayEnd(judgement(0.05), { halfWidth: 0.02 })).toBe(false)
    expect(mayEnd(judgement(0.005), { halfWidth: 0.02 })).toBe(true)
    expect(mayEnd({ ...judgement(0.005), isDecided: false }, { halfWidth: 0.02 })).toBe(false)
  })

  it('asks it of the widest interval', () => {
    const { comparisons } = judgement(0.05)
    const both = { ...judgement(0.005), comparisons: [...judgement(0.005).comparisons, ...comparisons] }
    expect(mayEnd(both, { halfWidth: 0.02 })).toBe(false)
    expect(mayEnd(both, { halfWidth: 0.2 })).toBe(true)
  })
})
