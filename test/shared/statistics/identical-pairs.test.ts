// What the design promises of identical code: over 1,000 simulated pairs a 95 % interval excludes 1 in 3-7 %, and the
// verdict names a winner in at most 5 %. And of different code: a true +10 % is found. All rates are printed.
import { describe, expect, it } from 'vitest'
import { speedupOf } from '../../../shared/statistics/speedup.ts'
import { excludesEquality, speedVerdict } from '../../../shared/statistics/verdict.ts'
import { type SimulatedDesign, simulatedBlocks } from '../../fakes/simulated-blocks.ts'

const trials = 1000

interface Rates {
  readonly excluded: number
  readonly named: number
}

function ratesOf(name: string, trueRatio: number, design: Omit<SimulatedDesign, 'seed' | 'mediansMs'>): Rates {
  let [excluded, named] = [0, 0]
  for (let trial = 0; trial < trials; trial += 1) {
    const blocks = simulatedBlocks({ ...design, seed: 1000 + trial, mediansMs: { a: 10 * trueRatio, b: 10 } })
    const estimate = speedupOf(blocks.get('a') ?? [], blocks.get('b') ?? [])
    const interval = estimate?.intervalAt(0.95) ?? null
    if (estimate === null || interval === null) throw new Error('every trial has twelve rounds')
    if (excludesEquality(interval)) excluded += 1
    if (speedVerdict(estimate.value, interval, null) !== 'no-difference') named += 1
  }
  console.log(
    `${name}: interval excludes 1 in ${(excluded / 10).toFixed(1)} %, verdict names a winner in ${(named / 10).toFixed(1)} %`,
  )
  return { excluded: excluded / trials, named: named / trials }
}

describe('identical pairs', () => {
  it.each([
    ['quiet, log-normal', { spread: 0.03 }],
    ['noisy, log-normal', { spread: 0.3 }],
    ['autocorrelated', { spread: 0.05, wander: 0.1, wanderMemory: 0.98 }],
    ['autocorrelated, heavy', { spread: 0.2, wander: 0.4, wanderMemory: 0.9 }],
    ['24 rounds, autocorrelated', { rounds: 24, spread: 0.05, wander: 0.1, wanderMemory: 0.98 }],
    ['5 launches that are off by 1.5 %', { launches: 5, spread: 0.03, launchSpread: 0.015 }],
  ])('are told apart as rarely as promised (%s)', (name, design) => {
    const { excluded, named } = ratesOf(name, 1, design)
    expect(excluded).toBeGreaterThanOrEqual(0.03)
    expect(excluded).toBeLessThanOrEqual(0.07)
    expect(named).toBeLessThanOrEqual(0.05)
  })
})

describe('a candidate that is 10 % faster', () => {
  it.each([
    ['12 rounds at 5 % scatter', { spread: 0.05, wander: 0.05, wanderMemory: 0.98 }, 0.99],
    ['5 launches that are off by 1.5 %', { launches: 5, spread: 0.03, launchSpread: 0.015 }, 0.99],
    ['12 rounds at 20 % scatter', { spread: 0.2 }, 0.7],
  ])('is found (%s)', (name, design, least) => {
    expect(ratesOf(`+10 %, ${name}`, 1.1, design).named).toBeGreaterThanOrEqual(least)
  })
})
