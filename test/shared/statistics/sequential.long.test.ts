// What protocol 3 promises of comparisons, over simulated groups judged by the product's own functions, for every budget
// and kind of noise. Rates are printed; with ENGINEBENCH_KEEP_RESULTS they are kept in docs/results/sequential-simulation.txt.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  type Budget,
  coversAtEveryLook,
  furtherNoises,
  launchNoises,
  longRunOffset,
  type Noise,
  outcomeOf,
  simulatedLaunches,
  startedFirst,
} from '../../fakes/simulated-launches.ts'

const resultFile = join(import.meta.dirname, '../../../docs/results/sequential-simulation.txt')
const trials = 1000
const mostLaunches = 32
/** Three standard errors of a rate of 5 % in 1,000 trials. */
const chance = 0.02

const budgets: readonly Budget[] = [
  { name: 'quick, 1 launch fits', mostLaunches: 1 },
  { name: 'quick, 2 launches fit', mostLaunches: 2 },
  { name: 'quick, 3 launches fit', mostLaunches: 3 },
  { name: 'quick, 4 launches fit', mostLaunches: 4 },
  { name: 'quick, 6 launches fit', mostLaunches: 6 },
  { name: 'standard', mostLaunches: 20 },
  { name: 'rigorous', mostLaunches },
  { name: 'rigorous until +-1 %', mostLaunches, halfWidth: 0.01 },
]

const lines: string[] = [
  'Protocol 3, simulated: groups of launches of 4 rounds, judged by the functions of the product at a margin of 2 %.',
  `Of ${trials.toLocaleString('en')} groups a row: how often the first candidate was named a winner, how often any candidate was`,
  'named falsely, called the same, left undecided; how often every interval shown covers the truth; launches used.',
  'Blocks are off by 1 % (standard deviation), unless the noise says otherwise. "Launches off by" is of each case: the',
  'ratio is off by 1.41 times that. Noises without these words have launches off by 1 %. The intervals hold at 95 % over',
  'all looks together, so the one at which a group happens to end covers the truth more often.',
]
const print = (line: string) => {
  lines.push(line)
  console.log(line)
}
afterAll(async () => {
  if (process.env.ENGINEBENCH_KEEP_RESULTS) await writeFile(resultFile, `${lines.join('\n')}\n`)
})

interface Rates {
  readonly named: number
  readonly wrong: number
  readonly same: number
  readonly covered: number
  readonly launches: number
}

/** Each trial is one series of launches, ended by every budget in turn. Rates over trials, of the first candidate. */
function ratesOf(truths: readonly number[], noise: Noise, offset = 0) {
  const ratios = truths.map((truth) => Math.exp(truth - offset))
  const counts = budgets.map(() => ({ named: 0, wrong: 0, same: 0, covered: 0, launches: 0 }))
  let everyLook = 0
  for (let trial = 0; trial < trials; trial += 1) {
    const candidates = simulatedLaunches(1_000_003 * ratios.length + trial, { ratios, launches: mostLaunches }, noise)
    if (ratios.length === 1 && coversAtEveryLook(candidates[0] ?? { launches: [] }, truths[0] ?? 0)) everyLook += 1
    for (const [index, budget] of budgets.entries()) {
      const count = counts[index]
      const { verdicts, covers, launches } = outcomeOf(candidates, budget, truths)
      if (count === undefined) continue
      const named = verdicts.map((verdict) => verdict === 'faster' || verdict === 'slower')
      const isFalse = (truth: number, verdict: string | undefined) =>
        (verdict === 'faster' && truth <= 0) || (verdict === 'slower' && truth >= 0)
      if (named[0]) count.named += 1
      if (truths.some((truth, candidate) => isFalse(truth, verdicts[candidate]))) count.wrong += 1
      if (verdicts[0] === 'same') count.same += 1
      if (covers.every(Boolean)) count.covered += 1
      count.launches += launches
    }
  }
  const rates = counts.map(
    ({ named, wrong, same, covered, launches }): Rates => ({
      named: named / trials,
      wrong: wrong / trials,
      same: same / trials,
      covered: covered / trials,
      launches: launches / trials,
    }),
  )
  return {
    rates: new Map(budgets.map(({ name }, index) => [name, rates[index] as Rates])),
    everyLook: everyLook / trials,
  }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(8)

function printRates(title: string, { rates, everyLook }: ReturnType<typeof ratesOf>, isAlone = true): void {
  print(
    `\n${title}${isAlone ? `; every look up to ${mostLaunches} launches covers the truth in ${percent(everyLook).trim()}` : ''}`,
  )
  for (const [name, { named, wrong, same, covered, launches }] of rates) {
    print(
      `  ${name.padEnd(22)} winner named${percent(named)}  falsely${percent(wrong)}  the same${percent(same)}  undecided${percent(1 - named - same)}  covered${percent(covered)}  launches ${launches.toFixed(1).padStart(4)}`,
    )
  }
}

/** Every budget, except a single launch whose interval cannot hold what a process may be off by. */
function coverable({ rates }: ReturnType<typeof ratesOf>, { isBeyondOneLaunch = false }: Noise): readonly Rates[] {
  return [...rates].filter(([name]) => !(isBeyondOneLaunch && name === 'quick, 1 launch fits')).map(([, each]) => each)
}

const quiet: Noise = launchNoises[2] as Noise
const all = [...launchNoises, ...furtherNoises]

describe('identical code', () => {
  it.each(all)('is named a winner in at most 5 % of groups ($name)', { timeout: 300_000 }, (noise) => {
    const found = ratesOf([0], noise, longRunOffset(noise))
    printRates(`identical, ${noise.name}`, found)
    for (const { wrong } of found.rates.values()) expect(wrong).toBeLessThanOrEqual(0.05 + chance)
    expect(found.everyLook).toBeGreaterThanOrEqual(0.95 - chance)
  })

  const forGroups = all.filter((noise) => launchNoises.includes(noise) || noise.isBeyondOneLaunch)
  it.each(forGroups)('is named a winner in at most 5 % of groups of four ($name)', { timeout: 300_000 }, (noise) => {
    const found = ratesOf([0, 0, 0, 0], noise)
    printRates(`four identical candidates, ${noise.name}`, found, false)
    for (const { wrong } of found.rates.values()) expect(wrong).toBeLessThanOrEqual(0.05 + chance)
  })

  it('is called the same within 2 % in at least 90 of 100 groups where launches are off by 1 %', () => {
    const { rates } = ratesOf([0], quiet)
    expect(rates.get('standard')?.same).toBeGreaterThanOrEqual(0.9)
    expect(rates.get('rigorous')?.same).toBeGreaterThanOrEqual(0.9)
  }, 300_000)
})

describe('a worker that is 7 % faster because it was started first', () => {
  it('leaves identical code within 1 % of 1, and the same within 2 %, after ten launches in 90 of 100 groups', () => {
    const counts = { near: 0, same: 0, covered: 0 }
    for (let trial = 0; trial < trials; trial += 1) {
      const candidates = simulatedLaunches(7_000_000 + trial, { ratios: [1], launches: 10 }, startedFirst)
      const { values, verdicts, covers } = outcomeOf(candidates, { name: 'ten launches', mostLaunches: 10 }, [0])
      if (Math.abs((values[0] ?? 0) - 1) <= 0.01) counts.near += 1
      if (verdicts[0] === 'same') counts.same += 1
      if (covers[0]) counts.covered += 1
    }
    const [near, same, covered] = [counts.near, counts.same, counts.covered].map((count) => percent(count / trials))
    print(
      `\nidentical, ${startedFirst.name}; at most 10 launches\n  within 1 % of 1${near}  the same${same}  covered${covered}`,
    )
    expect(counts.near).toBeGreaterThanOrEqual(0.9 * trials)
    expect(counts.same).toBeGreaterThanOrEqual(0.9 * trials)
  }, 300_000)

  it('names a winner in at most 5 % of groups of four', { timeout: 300_000 }, () => {
    const found = ratesOf([0, 0, 0, 0], startedFirst)
    printRates(`four identical candidates, ${startedFirst.name}`, found, false)
    for (const { wrong } of found.rates.values()) expect(wrong).toBeLessThanOrEqual(0.05 + chance)
  })
})

describe('a true difference', () => {
  it.each([1.03, 1.05, 1.5].flatMap((ratio) => launchNoises.map((noise) => ({ ratio, noise, name: noise.name }))))(
    'of × $ratio is found ($name)',
    { timeout: 300_000 },
    ({ ratio, noise }) => {
      const found = ratesOf([Math.log(ratio)], noise)
      printRates(`x ${ratio}, ${noise.name}`, found)
      const [standard, rigorous] = [found.rates.get('standard'), found.rates.get('rigorous')]
      for (const { wrong, covered } of found.rates.values()) {
        expect(wrong).toBeLessThanOrEqual(0.01)
        expect(covered).toBeGreaterThanOrEqual(0.93)
      }
      if (noise !== quiet) return
      const least = ratio === 1.03 ? 0.95 : 0.99
      expect(standard?.named).toBeGreaterThanOrEqual(least)
      expect(rigorous?.named).toBeGreaterThanOrEqual(least)
    },
  )

  it.each(furtherNoises)('of + 5 % keeps its coverage ($name)', { timeout: 300_000 }, (noise) => {
    const found = ratesOf([Math.log(1.05)], noise, longRunOffset(noise))
    printRates(`x 1.05, ${noise.name}`, found)
    for (const { wrong } of found.rates.values()) expect(wrong).toBeLessThanOrEqual(0.05)
    for (const { covered } of coverable(found, noise)) expect(covered).toBeGreaterThanOrEqual(0.93)
  })

  it('of exactly 2 % is called the same in at most 5 of 100 groups', { timeout: 300_000 }, () => {
    const found = ratesOf([Math.log(1.02)], quiet)
    printRates(`x 1.02, ${quiet.name}`, found)
    for (const { same } of found.rates.values()) expect(same).toBeLessThanOrEqual(0.05 + chance)
  })
})
