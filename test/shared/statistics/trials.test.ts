// What the protocol promises, over 1,000 simulated comparisons of each kind, with seeds of their own. Rates are printed.
// Power is stated for a noise floor of 2 %: the probability that a true effect is named, computed from the noncentral
// distribution of the estimate (Student's t over launches, Wilcoxon's within one).
import { describe, expect, it } from 'vitest'
import { speedupOf } from '../../../shared/statistics/speedup.ts'
import { excludesEquality, speedVerdict } from '../../../shared/statistics/verdict.ts'
import { bimodal, drifting, type PairDesign, pairedBlocks, wandering } from '../../fakes/paired-blocks.ts'

const trials = 1000
const floor = 0.02

interface Rates {
  readonly excluded: number
  readonly named: number
  /** Of those named, how many with the wrong sign. */
  readonly wrong: number
  readonly covered: number
}

function ratesOf(name: string, ratio: number, design: PairDesign): Rates {
  const counts = { excluded: 0, named: 0, wrong: 0, covered: 0 }
  for (let trial = 0; trial < trials; trial += 1) {
    const { baseline, candidate } = pairedBlocks(5000 + trial, ratio, design)
    const estimate = speedupOf(baseline, candidate)
    const interval = estimate?.intervalAt(0.95) ?? null
    if (estimate === null || interval === null) throw new Error('every trial has rounds enough')
    if (excludesEquality(interval)) counts.excluded += 1
    if (interval.low <= ratio && ratio <= interval.high) counts.covered += 1
    const verdict = speedVerdict(estimate.value, interval, floor)
    if (verdict !== 'no-difference') counts.named += 1
    if (verdict !== 'no-difference' && (verdict === 'faster') !== ratio > 1) counts.wrong += 1
  }
  const percent = (count: number) => `${(count / (trials / 100)).toFixed(1)} %`
  console.log(
    `${name}: interval excludes 1 in ${percent(counts.excluded)} and covers the truth in ${percent(counts.covered)}, a winner is named in ${percent(counts.named)}`,
  )
  return {
    excluded: counts.excluded / trials,
    named: counts.named / trials,
    wrong: counts.wrong,
    covered: counts.covered / trials,
  }
}

const quick = { launches: 1, rounds: 12, blockSpread: 0.01 }
const standard = { launches: 5, rounds: 12, blockSpread: 0.01 }
const rigorous = { launches: 5, rounds: 24, blockSpread: 0.01 }
const launchSpread = 0.015

describe('fault-26: identical pairs', () => {
  it.each<[string, PairDesign]>([
    ['1 × 12', quick],
    ['5 × 12', standard],
    ['5 × 24', rigorous],
    ['5 × 12, launches off by 1.5 %', { ...standard, launchSpread }],
    ['5 × 24, launches off by 1.5 %', { ...rigorous, launchSpread }],
    ['1 × 12, the machine warms up', { ...quick, machine: drifting(0.003) }],
    ['1 × 12, two speeds', { ...quick, machine: bimodal(0.3, 0.1) }],
    ['1 × 12, autocorrelated', { ...quick, machine: wandering(0.1, 0.95) }],
    ['5 × 24, autocorrelated, launches off by 1.5 %', { ...rigorous, launchSpread, machine: wandering(0.1, 0.95) }],
  ])('%s: told apart by 3 to 7 in 100 intervals, and named by at most 5 in 100 verdicts', (name, design) => {
    const { excluded, named, covered } = ratesOf(`identical, ${name}`, 1, design)
    expect(excluded).toBeGreaterThanOrEqual(0.03)
    expect(excluded).toBeLessThanOrEqual(0.07)
    expect(named).toBeLessThanOrEqual(0.05)
    expect(covered).toBeCloseTo(1 - excluded, 10)
  })
})

describe('fault-27: a true effect', () => {
  it.each<[string, number, PairDesign, number]>([
    ['+3 %, 1 × 12', 1.03, quick, 0.99],
    ['+3 %, 5 × 12, launches off by 1.5 %', 1.03, { ...standard, launchSpread }, 0.611],
    ['−3 %, 5 × 24, launches off by 1.5 %', 1 / 1.03, { ...rigorous, launchSpread }, 0.618],
    ['+10 %, 1 × 12', 1.1, quick, 1],
    ['+10 %, 5 × 12, launches off by 1.5 %', 1.1, { ...standard, launchSpread }, 1],
    ['+10 %, 1 × 12, autocorrelated', 1.1, { ...quick, machine: wandering(0.05, 0.95) }, 0.98],
  ])('%s: named at the stated power, with the right sign, and covered by 93 to 97 in 100 intervals', (...row) => {
    const [name, ratio, design, power] = row
    const { named, wrong, covered } = ratesOf(name, ratio, design)
    // Three standard errors of 1,000 trials.
    const margin = 3 * Math.sqrt((power * (1 - power)) / trials) + 0.01
    expect(named).toBeGreaterThanOrEqual(power - margin)
    expect(named).toBeLessThanOrEqual(power + margin)
    expect(wrong).toBe(0)
    expect(covered).toBeGreaterThanOrEqual(0.93)
    expect(covered).toBeLessThanOrEqual(0.97)
  })
})
