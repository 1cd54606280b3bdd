import { describe, expect, it } from 'vitest'
import {
  launchBudgetMs,
  mayEnd,
  mostRounds,
  roundsUntilNextLook,
  wantsMoreRounds,
  widestHalfWidth,
} from '../../../shared/planning/width-rule.ts'
import { judgeLaunches } from '../../../shared/statistics/sequential.ts'
import { simulatedBlocks } from '../../fakes/simulated-blocks.ts'

function launch(spread: number, rounds = 12) {
  const blocks = simulatedBlocks({ seed: 7, mediansMs: { a: 10, b: 5, c: 10 }, spread, rounds })
  const of = (key: string) => blocks.get(key) ?? []
  return { baseline: of('a'), candidates: [of('b'), of('c')] }
}

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
})

describe('the width rule', () => {
  it('looks at the widest interval of a launch, as a share of its ratio', () => {
    const { baseline, candidates } = launch(0.1)
    const each = candidates.map((candidate) => widestHalfWidth({ baseline, candidates: [candidate] }))
    expect(widestHalfWidth({ baseline, candidates })).toBe(Math.max(...each))
    expect(widestHalfWidth(launch(0.2))).toBeGreaterThan(widestHalfWidth(launch(0.02)))
  })

  it('takes an interval that cannot be given yet for infinitely wide, and nothing to compare for done', () => {
    expect(widestHalfWidth(launch(0.1, 5))).toBe(Number.POSITIVE_INFINITY)
    expect(widestHalfWidth({ baseline: launch(0.1).baseline, candidates: [] })).toBe(0)
  })

  it('adds rounds while an interval is too wide and there is budget', () => {
    const blocks = launch(0.1)
    const rule = { halfWidth: 0.01 }
    expect(wantsMoreRounds(rule, 12, { elapsedMs: 0, budgetMs: 1000 }, blocks)).toBe(true)
    expect(wantsMoreRounds({ halfWidth: 0.5 }, 12, { elapsedMs: 0, budgetMs: 1000 }, blocks)).toBe(false)
    expect(wantsMoreRounds(rule, 12, { elapsedMs: 1000, budgetMs: 1000 }, blocks)).toBe(false)
    expect(wantsMoreRounds(rule, mostRounds, { elapsedMs: 0, budgetMs: 1000 }, blocks)).toBe(false)
  })

  it('shares the budget among launches, and looks more rarely the more rounds there are', () => {
    expect(launchBudgetMs({ halfWidth: 0.02, budgetMs: 60_000 }, 2, 5)).toBe(6000)
    expect([12, 23, 24, 120].map(roundsUntilNextLook)).toEqual([1, 1, 2, 10])
  })
})
