// What protocol 3 promises, in a few hundred simulated groups of each kind: sequential.long.test.ts has thousands, and
// every kind of noise. Rates are printed.
import { describe, expect, it } from 'vitest'
import { launchNoises, outcomeOf, simulatedLaunches, startedFirst } from '../../fakes/simulated-launches.ts'

const trials = 300
const standard = { name: 'standard', mostLaunches: 20 }
const noises = launchNoises.slice(2)

/** Rates of the first candidate's verdicts, and of groups in which any interval misses the truth. */
function ratesOf(ratios: readonly number[], noise: (typeof noises)[number]) {
  const counts = { faster: 0, slower: 0, same: 0, undecided: 0, missed: 0, anyWinner: 0 }
  for (let trial = 0; trial < trials; trial += 1) {
    const candidates = simulatedLaunches(70_000 + trial, { ratios, launches: standard.mostLaunches }, noise)
    const { verdicts, covers } = outcomeOf(candidates, standard, ratios.map(Math.log))
    counts[verdicts[0] ?? 'undecided'] += 1
    if (covers.includes(false)) counts.missed += 1
    if (verdicts.some((verdict) => verdict === 'faster' || verdict === 'slower')) counts.anyWinner += 1
  }
  console.log(`${ratios.join(' ')}, ${noise.name}: ${JSON.stringify(counts)} of ${trials}`)
  return counts
}

describe('of 300 groups of identical code', () => {
  it.each(noises)('at most 25 name a winner over all looks ($name)', (noise) => {
    expect(ratesOf([1], noise).anyWinner).toBeLessThanOrEqual(25)
    expect(ratesOf([1, 1, 1], noise).anyWinner).toBeLessThanOrEqual(25)
  })

  it('at least 270 are the same within 2 % where launches are off by 1 %', () => {
    const { same } = ratesOf([1], noises[0] as (typeof noises)[number])
    expect(same).toBeGreaterThanOrEqual(270)
  })
})

describe('of 300 groups with a true difference where launches are off by 1 %', () => {
  it.each([
    [1.03, 'faster', 285],
    [1 / 1.05, 'slower', 297],
  ] as const)('of × %f, as many are %s as promised', (ratio, verdict, least) => {
    const counts = ratesOf([ratio], noises[0] as (typeof noises)[number])
    expect(counts[verdict]).toBeGreaterThanOrEqual(least)
    expect(counts.missed).toBeLessThanOrEqual(25)
  })
})

it('finds identical code the same after ten launches, also if the worker that is started first is 7 % faster', () => {
  const verdicts = Array.from({ length: 100 }, (_, trial) => {
    const candidates = simulatedLaunches(80_000 + trial, { ratios: [1], launches: 10 }, startedFirst)
    return outcomeOf(candidates, { name: 'ten launches', mostLaunches: 10 }, [0]).verdicts[0]
  })
  expect(verdicts.filter((verdict) => verdict === 'same').length).toBeGreaterThanOrEqual(85)
  expect(verdicts).not.toContain('faster')
  expect(verdicts).not.toContain('slower')
})
