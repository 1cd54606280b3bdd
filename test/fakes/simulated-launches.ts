// A group of one baseline and some candidates as protocol 3 would measure it, launch by launch, from a seed: one sample
// a block, its median. Noise of the machine is shared by all, in the order in which blocks were measured. Workers start
// in the product's order.
import type { Decision } from '../../shared/domain/run.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { type Random, seededRandom } from '../../shared/planning/seeded-random.ts'
import { launchOrder } from '../../shared/planning/shuffled-order.ts'
import { mayEnd } from '../../shared/planning/width-rule.ts'
import { mean, median } from '../../shared/statistics/descriptive.ts'
import { firstLaunches, type MeasuredLaunches, measuredLaunches } from '../../shared/statistics/measured-launches.ts'
import { type ComparedLaunches, judgeLaunches, sequentialDesign } from '../../shared/statistics/sequential.ts'
import { bimodal, drifting, type Machine, wandering } from './paired-blocks.ts'
import { normal } from './simulated-blocks.ts'

export interface Noise {
  readonly name: string
  /** Logarithm by which the whole launch of a case is off. @param isFirst its worker was started first. */
  readonly launch: (random: Random, isFirst: boolean) => number
  /** Of a block. */
  readonly block: (random: Random, isCandidate: boolean) => number
  readonly machine?: (random: Random) => Machine
  /** A process may be off by more than the interval of a single launch holds: nothing within it can tell. */
  readonly isBeyondOneLaunch?: boolean
}

const scattered = (spread: number) => (random: Random) => spread * normal(random)
const heavy = (spread: number, degreesOfFreedom: number) => (random: Random) => {
  const squares = Array.from({ length: degreesOfFreedom }, () => normal(random) ** 2)
  return (spread * normal(random)) / Math.sqrt(mean(squares))
}
const sometimes = (share: number, apart: number, otherwise: (random: Random) => number) => (random: Random) =>
  (random() < share ? apart : 0) + otherwise(random)
const exponential = (spread: number) => (random: Random) => -spread * Math.log(1 - random())

const block = scattered(0.01)
const launch = scattered(0.01)

export const launchNoises: readonly Noise[] = [0, 0.005, 0.01, 0.015, 0.03].map((spread) => ({
  name: `launches off by ${100 * spread} %`,
  launch: scattered(spread),
  block,
}))

/** As much as was seen: launches of a ratio scatter by 1 %, and the order of starting moves them by 7 %. */
export const startedFirst: Noise = {
  name: 'the first one started 7 % faster, launches off by 0.5 %',
  launch: (random, isFirst) => 0.005 * normal(random) - (isFirst ? 0.07 : 0),
  block,
}

/** All with launches off by 1 % unless they say otherwise. */
export const furtherNoises: readonly Noise[] = [
  { name: 'noisy blocks, 4 %', launch, block: scattered(0.04) },
  { name: 'blocks with heavy tails', launch, block: heavy(0.01, 2) },
  { name: 'launches with heavy tails', launch: heavy(0.01, 3), block },
  { name: 'each process in one of two states, 3 % apart', launch: sometimes(0.5, 0.03, () => 0), block },
  { name: 'one process in ten 38 % slower', launch: sometimes(0.1, 0.32, launch), block, isBeyondOneLaunch: true },
  {
    name: 'the first one started 7 % faster',
    launch: (random, isFirst) => launch(random) - (isFirst ? 0.07 : 0),
    block,
  },
  startedFirst,
  { name: 'two clock states', launch, block, machine: bimodal(0.3, 0.1) },
  { name: 'busy half of the time', launch, block, machine: bimodal(0.4, 0.03) },
  { name: 'contended: a block in five 1.5 x slower', launch, block: sometimes(0.2, Math.log(1.5), block) },
  { name: 'the machine wanders', launch, block, machine: wandering(0.1, 0.95) },
  { name: 'the machine warms up', launch, block, machine: drifting(0.0005) },
  {
    name: 'a skewed candidate, 4 %',
    launch,
    block: (random, isCandidate) => (isCandidate ? exponential(0.04)(random) : block(random)),
  },
  {
    name: 'a skewed candidate, launches alike',
    launch: () => 0,
    block: (random, isCandidate) => (isCandidate ? exponential(0.04)(random) : block(random)),
  },
]

export interface SimulatedGroup {
  /** Baseline / candidate, true, by candidate. */
  readonly ratios: readonly number[]
  readonly launches: number
  readonly rounds?: number
}

/** Of every candidate, by the product's own pairing of blocks. */
export function simulatedLaunches(
  seed: number,
  { ratios, launches, rounds }: SimulatedGroup,
  noise: Noise,
): readonly MeasuredLaunches[] {
  const random = seededRandom(seed)
  const machine = noise.machine?.(random) ?? (() => 0)
  const mediansMs = [10, ...ratios.map((ratio) => 10 / ratio)]
  const blocks = mediansMs.map((): SampleBlock[] => [])
  const records: { readonly order: string[] }[] = []
  for (let launch = 0; launch < launches; launch += 1) {
    const order = launchOrder(seed, launch, [...mediansMs.keys()].map(String))
    records.push({ order: [...order] })
    const offsets = mediansMs.map((_, index) => noise.launch(random, order[0] === String(index)))
    for (let round = 0; round < (rounds ?? sequentialDesign.roundsPerLaunch); round += 1) {
      const first = Math.floor(random() * mediansMs.length)
      for (let place = 0; place < mediansMs.length; place += 1) {
        const index = (first + place) % mediansMs.length
        const log = machine() + (offsets[index] ?? 0) + noise.block(random, index > 0)
        blocks[index]?.push(blockOf(launch, round, (mediansMs[index] ?? 0) * Math.exp(log)))
      }
    }
  }
  const [baseline, ...candidates] = blocks.map((own, index) => ({ caseKey: String(index), blocks: own }))
  if (baseline === undefined) throw new RangeError('there is a baseline')
  return candidates.map((own) => measuredLaunches(baseline, own, records))
}

function blockOf(launch: number, round: number, medianMs: number): SampleBlock {
  const times = { startedAtNs: 0, endedAtNs: 1, leadSamples: 0, latenciesMs: [medianMs] }
  return { launch, round, block: round, orderInRound: 0, flags: [], ...times }
}

/** Where launches end: at a look when decided, or at this number of launches. */
export interface Budget {
  readonly name: string
  readonly mostLaunches: number
  /** Goes on after the decision until every interval reaches no further than this on either side. */
  readonly halfWidth?: number
}

export interface Outcome {
  readonly verdicts: readonly Decision[]
  /** Whether the interval that is shown covers the truth, by candidate. */
  readonly covers: readonly boolean[]
  readonly values: readonly number[]
  readonly launches: number
}

/** @param truths log ratio that infinitely many launches would give, by candidate. */
export function outcomeOf(
  candidates: readonly MeasuredLaunches[],
  { mostLaunches, halfWidth }: Budget,
  truths: readonly number[],
): Outcome {
  const looks = [...sequentialDesign.looks.filter((look) => look < mostLaunches), mostLaunches]
  const rule = halfWidth === undefined ? null : { halfWidth }
  for (const launches of looks) {
    const judgement = judgeLaunches(comparedAfter(candidates, launches), {
      margin: 0.02,
      noiseFloor: null,
    })
    const { comparisons } = judgement
    if (mayEnd(judgement, rule) || launches === mostLaunches) {
      return {
        verdicts: comparisons.map(({ verdict }) => verdict),
        covers: comparisons.map(({ interval }, index) => holds(interval, truths[index] ?? 0)),
        values: comparisons.map(({ value }) => value),
        launches,
      }
    }
  }
  throw new RangeError('there is no look')
}

/** Whether the intervals of every look hold the truth: what the levels of all looks together promise. */
export function coversAtEveryLook(candidate: MeasuredLaunches, truth: number): boolean {
  return sequentialDesign.looks.every((look) => {
    const [judged] = judgeLaunches(comparedAfter([candidate], look), { margin: 0.02, noiseFloor: null }).comparisons
    return judged !== undefined && holds(judged.interval, truth)
  })
}

function comparedAfter(candidates: readonly MeasuredLaunches[], launches: number): readonly ComparedLaunches[] {
  return candidates.map((each, index) => ({ caseKey: String(index), ...firstLaunches(each, launches) }))
}

function holds({ low, high }: { readonly low: number; readonly high: number }, truth: number): boolean {
  return Math.log(low) <= truth && truth <= Math.log(high)
}

/**
 * By how much infinitely many launches miss the logarithm of the ratio: not at all, except where blocks are skewed. The
 * median of few skewed values is not the median of many.
 */
export function longRunOffset(noise: Noise): number {
  if (!noise.name.startsWith('a skewed candidate')) return 0
  const alike = { ...noise, launch: () => 0 }
  const [candidate] = simulatedLaunches(1, { ratios: [1], launches: 40_000 }, alike)
  return mean((candidate?.launches ?? []).map(median))
}
