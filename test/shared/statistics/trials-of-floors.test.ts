// Where one launch cannot see what a launch does, the floor does: it comes from other comparisons of the same design.
import { describe, expect, it } from 'vitest'
import { fewestComparisons } from '../../../shared/domain/noise-floor.ts'
import { estimateNoiseFloor } from '../../../shared/statistics/noise-floor.ts'
import { speedupOf } from '../../../shared/statistics/speedup.ts'
import { excludesEquality, speedVerdict } from '../../../shared/statistics/verdict.ts'
import { type PairDesign, pairedBlocks } from '../../fakes/paired-blocks.ts'

const trials = 1000
const trialsOfOneFloor = 10

describe('fault-26: identical pairs in one launch whose launches are off by 1.5 %', () => {
  it('are told apart by intervals that hold within one launch, and named in at most 5 % of verdicts', () => {
    const design = { launches: 1, rounds: 12, blockSpread: 0.01, launchSpread: 0.015 }
    let [excluded, named, floor] = [0, 0, 0]
    for (let trial = 0; trial < trials; trial += 1) {
      if (trial % trialsOfOneFloor === 0) floor = floorOf(trial, design)
      const { baseline, candidate } = pairedBlocks(9_000_000 + trial, 1, design)
      const estimate = speedupOf(baseline, candidate)
      const interval = estimate?.intervalAt(0.95) ?? null
      if (estimate === null || interval === null) throw new Error('every trial has twelve rounds')
      if (excludesEquality(interval)) excluded += 1
      if (speedVerdict(estimate.value, interval, floor) !== 'no-difference') named += 1
    }
    console.log(
      `1 × 12, launches off by 1.5 %: interval excludes 1 in ${excluded / 10} %, a winner is named in ${named / 10} %`,
    )
    expect(excluded / trials).toBeGreaterThan(0.3)
    expect(named / trials).toBeLessThanOrEqual(0.05)
  })
})

function floorOf(seed: number, design: PairDesign): number {
  const ratios = Array.from({ length: fewestComparisons }, (_, comparison) => {
    const { baseline, candidate } = pairedBlocks(1000 * seed + comparison, 1, design)
    return speedupOf(baseline, candidate)?.value ?? Number.NaN
  })
  return estimateNoiseFloor(ratios)?.value ?? Number.NaN
}
