// Two cases as one machine would measure them in turns, from a seed, with one sample a block: its median. Fast enough for
// thousands of trials. Noise that belongs to the machine is shared by both, in the order in which blocks were measured.
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { type Random, seededRandom } from '../../shared/planning/seeded-random.ts'
import { normal } from './simulated-blocks.ts'

/** Logarithm of how slow the machine is, at the next block. */
export type Machine = () => number

export interface PairDesign {
  readonly launches: number
  readonly rounds: number
  /** Standard deviation of the logarithm of a block's median. */
  readonly blockSpread: number
  /** Of the logarithm by which a case's whole launch is off. */
  readonly launchSpread?: number
  readonly machine?: (random: Random) => Machine
}

export interface Pair {
  readonly baseline: readonly SampleBlock[]
  readonly candidate: readonly SampleBlock[]
}

/** @param ratio baseline / candidate, true. */
export function pairedBlocks(seed: number, ratio: number, design: PairDesign): Pair {
  const { launches, rounds, blockSpread, launchSpread = 0, machine } = design
  const random = seededRandom(seed)
  const speed = machine?.(random) ?? (() => 0)
  const baseline: SampleBlock[] = []
  const candidate: SampleBlock[] = []
  for (let launch = 0; launch < launches; launch += 1) {
    const offsets = [launchSpread * normal(random), launchSpread * normal(random)] as const
    for (let round = 0; round < rounds; round += 1) {
      const measure = (medianMs: number, offset: number) =>
        blockOf(launch, round, medianMs * Math.exp(speed() + offset + blockSpread * normal(random)))
      const candidateFirst = random() < 0.5
      if (candidateFirst) candidate.push(measure(10, offsets[1]))
      baseline.push(measure(10 * ratio, offsets[0]))
      if (!candidateFirst) candidate.push(measure(10, offsets[1]))
    }
  }
  return { baseline, candidate }
}

function blockOf(launch: number, round: number, medianMs: number): SampleBlock {
  return {
    launch,
    round,
    block: round,
    orderInRound: 0,
    startedAtNs: 0,
    endedAtNs: 1,
    leadSamples: 0,
    flags: [],
    latenciesMs: [medianMs],
  }
}

/** Grows slower by so much from block to block: it warms up. */
export const drifting = (perBlock: number) => (): Machine => {
  let block = 0
  return () => {
    block += 1
    return perBlock * block
  }
}

/** Changes now and then between two speeds. */
export const bimodal =
  (apart: number, changes: number) =>
  (random: Random): Machine => {
    let isSlow = random() < 0.5
    return () => {
      if (random() < changes) isSlow = !isSlow
      return isSlow ? apart : 0
    }
  }

/** Wanders: what it was at the last block stays in part. */
export const wandering =
  (spread: number, memory: number) =>
  (random: Random): Machine => {
    let state = spread * normal(random)
    return () => {
      state = memory * state + Math.sqrt(1 - memory ** 2) * spread * normal(random)
      return state
    }
  }
