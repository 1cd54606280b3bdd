import { describe, expect, it } from 'vitest'
import { presetNameSchema } from '../../../shared/domain/plan.ts'
import {
  fewestRoundsPerLaunch,
  fittingLaunches,
  launchBudget,
  nextLook,
  roundsPerLaunch,
  stopAfter,
} from '../../../shared/planning/launch-budget.ts'

describe('launchBudget', () => {
  it('is the preset’s, which the plan may replace in whole or in part', () => {
    expect(launchBudget({ preset: 'quick' }, 1).budgetMs).toBe(60_000)
    expect(launchBudget({ preset: 'rigorous' }, 1)).toEqual({ mostLaunches: 32, budgetMs: null })
    expect(launchBudget({ preset: 'rigorous', budget: { budgetMs: 5000 } }, 1)).toEqual({
      mostLaunches: 32,
      budgetMs: 5000,
    })
    expect(launchBudget({ preset: 'rigorous', budget: { mostLaunches: 3 } }, 1).mostLaunches).toBe(3)
  })

  it('is that of the whole design, in the rule’s own time, where intervals are to become narrow', () => {
    const widthRule = { halfWidth: 0.01, budgetMs: 1_800_000 }
    expect(launchBudget({ preset: 'quick', widthRule }, 1)).toEqual({ mostLaunches: 32, budgetMs: 1_800_000 })
    expect(launchBudget({ preset: 'quick', widthRule, budget: { mostLaunches: 9 } }, 1).mostLaunches).toBe(9)
    expect(launchBudget({ preset: 'quick', widthRule }, 0)).toEqual(launchBudget({ preset: 'quick' }, 0))
  })

  it('has a fixed number of launches where there is nothing to compare', () => {
    const launches = presetNameSchema.options.map((preset) => launchBudget({ preset }, 0).mostLaunches)
    expect(launches).toEqual([5, 8, 12])
    expect(launchBudget({ preset: 'rigorous', budget: { mostLaunches: 1 } }, 0).mostLaunches).toBe(1)
  })
})

describe('roundsPerLaunch', () => {
  const unlimited = { mostLaunches: 20, budgetMs: null }

  it('is the design’s where starting is cheap, and grows with the root of what starting costs', () => {
    const rounds = [1000, 5000, 20_000, 50_000, 600_000].map((startMs) =>
      roundsPerLaunch({ startMs, roundMs: 500 }, unlimited),
    )
    expect(rounds).toEqual([4, 4, 6, 10, 12])
  })

  it('is that of an only launch where no second one is allowed or fits', () => {
    const cost = { startMs: 1000, roundMs: 500 }
    expect(roundsPerLaunch(cost, { mostLaunches: 1, budgetMs: null })).toBe(12)
    expect(roundsPerLaunch(cost, { mostLaunches: 20, budgetMs: 5999 })).toBe(12)
    expect(roundsPerLaunch(cost, { mostLaunches: 20, budgetMs: 6000 })).toBe(4)
    expect([fewestRoundsPerLaunch({ mostLaunches: 1, budgetMs: null }), fewestRoundsPerLaunch(unlimited)]).toEqual([
      12, 4,
    ])
  })

  it('never costs the first look: fewer rounds are better than four launches', () => {
    const cost = { startMs: 20_000, roundMs: 500 }
    expect(roundsPerLaunch(cost, { mostLaunches: 20, budgetMs: 5 * 22_000 })).toBe(4)
    expect(roundsPerLaunch(cost, { mostLaunches: 20, budgetMs: 5 * 22_500 })).toBe(5)
    expect(roundsPerLaunch(cost, { mostLaunches: 20, budgetMs: 4 * 22_500 })).toBe(6)
    expect(fittingLaunches(cost, 4, { mostLaunches: 20, budgetMs: 5 * 22_000 })).toBe(5)
  })
})

describe('stopAfter', () => {
  const budget = { mostLaunches: 8, budgetMs: 60_000 }

  it('ends when all is decided, before time and launches are asked', () => {
    expect(stopAfter({ launches: 8, elapsedMs: 90_000, nextMs: 9, isDecided: true }, budget)).toBe('decided')
  })

  it('ends with the last launch, and where the next one would not fit the time', () => {
    expect(stopAfter({ launches: 8, elapsedMs: 10_000, nextMs: 9, isDecided: false }, budget)).toBe('launches')
    expect(stopAfter({ launches: 5, elapsedMs: 50_000, nextMs: 10_000, isDecided: false }, budget)).toBe(null)
    expect(stopAfter({ launches: 5, elapsedMs: 50_001, nextMs: 10_000, isDecided: false }, budget)).toBe('time')
    expect(stopAfter({ launches: 1, elapsedMs: 61_000, nextMs: 1, isDecided: false }, budget)).toBe('time')
    expect(
      stopAfter({ launches: 5, elapsedMs: 1e9, nextMs: 1e9, isDecided: false }, { mostLaunches: 8, budgetMs: null }),
    ).toBe(null)
  })
})

describe('nextLook', () => {
  it('is the next of the design that the budget allows', () => {
    expect([0, 4, 5, 7, 8, 31, 32].map((launches) => nextLook(launches, { mostLaunches: 32 }))).toEqual([
      5,
      5,
      8,
      8,
      12,
      32,
      null,
    ])
    expect(nextLook(8, { mostLaunches: 10 })).toBe(null)
  })
})
