import { expect, test } from 'vitest'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import { buildSpread, undisturbedSpeedup } from '../../../shared/statistics/group-speedups.ts'
import { simulatedBlocks } from '../../fakes/simulated-blocks.ts'

const blocks = simulatedBlocks({ seed: 3, mediansMs: { baseline: 10, candidate: 5 }, rounds: 12, spread: 0 })
const baseline = blocks.get('baseline') ?? []
const candidate = blocks.get('candidate') ?? []

/** The blocks of some rounds, three times slower and flagged. */
function disturbed(of: readonly SampleBlock[], rounds: readonly number[]): SampleBlock[] {
  return of.map((block) =>
    rounds.includes(block.round)
      ? { ...block, flags: ['throttled'], latenciesMs: block.latenciesMs.map((latencyMs) => latencyMs * 3) }
      : block,
  )
}

test('without flags there is no second figure', () => {
  expect(undisturbedSpeedup(baseline, candidate)).toBeNull()
})

test('fault-23: a round in which either was flagged is left out as a whole', () => {
  const found = undisturbedSpeedup(disturbed(baseline, [1]), disturbed(candidate, [1, 2, 3]))
  expect(found?.roundsLeftOut).toBe(3)
  expect(found?.estimate?.fewestRounds).toBe(9)
  expect(found?.estimate?.value).toBeCloseTo(2, 6)
})

test('where every round was flagged nothing is claimed', () => {
  const every = baseline.map(({ round }) => round)
  expect(undisturbedSpeedup(disturbed(baseline, every), candidate)).toEqual({ estimate: null, roundsLeftOut: 12 })
})

test('the spread between builds is that of their speedups', () => {
  expect(buildSpread([1.96, 2.0149, 1.915])).toBe('between builds: 1.92–2.01 ×')
  expect(buildSpread([2.001, 1.999])).toBe('between builds: 2.00 ×')
})

test('one build has no spread', () => {
  expect(buildSpread([2])).toBeNull()
})
