// Looking at an interval's width to decide when to stop is not looking at its place: what is added until it is narrow still
// covers the truth as often as promised.
import { expect, test } from 'vitest'
import { roundsUntilNextLook, wantsMoreRounds } from '../../../shared/planning/width-rule.ts'
import { speedupOf } from '../../../shared/statistics/speedup.ts'
import { pairedBlocks } from '../../fakes/paired-blocks.ts'

const trials = 1000
const mostRounds = 60
const rule = { halfWidth: 0.015 }

test('fault-26: intervals cover the truth in 93 to 97 of 100 launches whose rounds a width rule added', () => {
  let [covered, added] = [0, 0]
  for (let trial = 0; trial < trials; trial += 1) {
    const pair = pairedBlocks(70_000 + trial, 1, { launches: 1, rounds: mostRounds, blockSpread: 0.02 })
    let rounds = 12
    const soFar = () => ({ baseline: pair.baseline.slice(0, rounds), candidate: pair.candidate.slice(0, rounds) })
    const wantsMore = () => {
      const { baseline, candidate } = soFar()
      return wantsMoreRounds(rule, rounds, { elapsedMs: 0, budgetMs: 1 }, { baseline, candidates: [candidate] })
    }
    while (rounds < mostRounds && wantsMore()) rounds += roundsUntilNextLook(rounds)
    added += rounds - 12
    const { baseline, candidate } = soFar()
    const interval = speedupOf(baseline, candidate)?.intervalAt(0.95) ?? null
    if (interval !== null && interval.low <= 1 && 1 <= interval.high) covered += 1
  }
  console.log(`width rule: ${(added / trials).toFixed(1)} rounds added, the truth covered in ${covered / 10} %`)
  expect(added / trials).toBeGreaterThan(3)
  expect(covered / trials).toBeGreaterThanOrEqual(0.93)
  expect(covered / trials).toBeLessThanOrEqual(0.97)
})
