import { expect, test } from 'vitest'
import { RemainingTime } from '../../../../electron/runs/session/estimates.ts'

test('nothing is foretold before a round has come', () => {
  const remaining = new RemainingTime({ blocks: 24, launches: 2 })
  remaining.launchBegun()
  expect(remaining.estimateMs(5000)).toBe(null)
})

test('blocks to come cost what blocks cost, launches to come what lay around the rounds', () => {
  const remaining = new RemainingTime({ blocks: 8, launches: 2 })
  remaining.launchBegun()
  remaining.blockDone()
  remaining.blockDone()
  remaining.roundDone(600)
  expect(remaining.estimateMs(5600)).toBe(6 * 300 + 5000)
})

test('at the end nothing is left', () => {
  const remaining = new RemainingTime({ blocks: 1, launches: 1 })
  remaining.launchBegun()
  remaining.blockDone()
  remaining.roundDone(600)
  expect(remaining.estimateMs(9000)).toBe(0)
})

test('a block that was added is not taken from those that were planned', () => {
  const remaining = new RemainingTime({ blocks: 4, launches: 1 })
  remaining.launchBegun()
  remaining.blockAdded()
  remaining.blockDone()
  remaining.roundDone(100)
  expect(remaining.estimateMs(100)).toBe(400)
})

test('passes to come are added, and those that are done do not make launches look slow', () => {
  const remaining = new RemainingTime({ blocks: 4, launches: 2 })
  remaining.launchBegun()
  remaining.blockDone()
  remaining.blockDone()
  remaining.roundDone(200)
  remaining.passesDone(60_000)
  expect(remaining.estimateMs(65_200, 30_000)).toBe(2 * 100 + 5000 + 30_000)
})
