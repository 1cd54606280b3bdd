import { expect, test } from 'vitest'
import { RemainingTime } from '../../../../electron/runs/session/estimates.ts'
import type { LaunchBudget } from '../../../../shared/planning/launch-budget.ts'

const unlimited: LaunchBudget = { mostLaunches: 2, budgetMs: null }

/** In its first launch of 4 rounds, after one of 600 ms. */
function begun(groups: number, budget = unlimited): RemainingTime {
  const remaining = new RemainingTime(groups)
  remaining.groupBegun(budget, 0)
  remaining.launchBegun()
  remaining.roundDone(600, 4)
  return remaining
}

test('nothing is foretold before a round has come', () => {
  const remaining = new RemainingTime(1)
  remaining.groupBegun(unlimited, 0)
  remaining.launchBegun()
  expect(remaining.estimateMs(5000)).toBe(null)
})

test('rounds to come cost what rounds cost, launches to come also what lay around the rounds', () => {
  expect(begun(1).estimateMs(5600)).toBe(3 * 600 + 5000 + 4 * 600)
})

test('groups to come cost as much as this one', () => {
  expect(begun(3).estimateMs(5600)).toBe(3 * 600 + (5000 + 4 * 600) + 2 * 2 * (5000 + 4 * 600))
})

test('at the end nothing is left', () => {
  const remaining = begun(1, { mostLaunches: 1, budgetMs: null })
  for (let round = 1; round < 4; round += 1) remaining.roundDone(600, 4)
  expect(remaining.estimateMs(9000)).toBe(0)
})

test('comparisons that will be decided earlier leave fewer launches', () => {
  const remaining = begun(1, { mostLaunches: 32, budgetMs: null })
  for (let round = 1; round < 4; round += 1) remaining.roundDone(600, 4)
  remaining.launchDone(3)
  remaining.launchBegun()
  remaining.roundDone(600, 4)
  expect(remaining.estimateMs(13_000)).toBe(3 * 600 + 2 * (5000 + 4 * 600))
})

test('a group takes no longer than its time, except for the launch that has begun', () => {
  const budget = { mostLaunches: 32, budgetMs: 10_000 }
  expect(begun(1, budget).estimateMs(5600)).toBe(4400)
  expect(begun(1, budget).estimateMs(9600)).toBe(3 * 600)
  expect(begun(2, budget).estimateMs(5600)).toBe(4400 + 10_000)
})

test('a round that was added is not taken from those that were planned', () => {
  const remaining = begun(1, { mostLaunches: 1, budgetMs: null })
  for (let round = 1; round < 6; round += 1) remaining.roundDone(600, 4)
  expect(remaining.estimateMs(9000)).toBe(0)
})

test('passes to come are added, and those that are done do not make launches look slow', () => {
  const remaining = begun(1)
  remaining.passesDone(60_000)
  expect(remaining.estimateMs(65_600, 30_000)).toBe(3 * 600 + 5000 + 4 * 600 + 30_000)
})
