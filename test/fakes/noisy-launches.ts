// Launches of one case on machines with different kinds of noise, from a seed: blocks of samples on a timeline on which
// another case is measured in between. Noise has two parts: a state that lasts (a clock, another program), and scatter of
// each query. Fast enough for thousands of trials.
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { type Random, seededRandom } from '../../shared/planning/seeded-random.ts'
import { normal } from './simulated-blocks.ts'

/** Logarithm of how slow the machine is, by time in milliseconds; called in time order. */
type State = (ms: number) => number

export interface NoiseModel {
  readonly name: string
  readonly stateOf: (random: Random) => State
  /** Logarithm of the factor of one query. */
  readonly scatter: (random: Random) => number
  /** The part of the state that lasts longer than a launch belongs to the launch; others have none. */
  readonly launchStateSpread?: number
}

const still = () => () => 0
const scatterOf = (spread: number) => (random: Random) => spread * normal(random)

/** For as long as each lasts on average, one of two levels. */
const levels =
  (share: number, factor: number, lastMs: number) =>
  (random: Random): State => {
    let [untilMs, level] = [0, 0]
    return (ms) => {
      while (ms >= untilMs) {
        level = random() < share ? Math.log(factor) : 0
        untilMs -= lastMs * Math.log(1 - random())
      }
      return level
    }
  }

/** Wanders, and forgets all but a share of 1/e in `memoryMs`. */
const wandering =
  (spread: number, memoryMs: number) =>
  (random: Random): State => {
    let [atMs, state] = [0, normal(random)]
    return (ms) => {
      const kept = Math.exp(-(ms - atMs) / memoryMs)
      if (ms > atMs) state = kept * state + Math.sqrt(1 - kept ** 2) * normal(random)
      atMs = ms
      return spread * state
    }
  }

export const noiseModels: readonly NoiseModel[] = [
  { name: 'independent, 0.3 %', stateOf: still, scatter: scatterOf(0.003) },
  { name: 'independent, 10 %', stateOf: still, scatter: scatterOf(0.1) },
  { name: 'autocorrelated, 10 %', stateOf: wandering(0.1, 200), scatter: scatterOf(0.01) },
  {
    name: 'as measured on a busy machine, 57 %',
    stateOf: wandering(0.22, 100),
    scatter: scatterOf(0.46),
    launchStateSpread: 0.25,
  },
  { name: 'two clock states, 0.1 s', stateOf: levels(0.3, 1.15, 100), scatter: scatterOf(0.01) },
  { name: 'a fifth disturbed, 0.1 s', stateOf: levels(0.2, 1.5, 100), scatter: scatterOf(0.01) },
  { name: 'a fifth disturbed, 0.3 s', stateOf: levels(0.2, 1.5, 300), scatter: scatterOf(0.03) },
  { name: 'heavy tail', stateOf: still, scatter: (random) => 0.57 * Math.abs(normal(random)) ** 1.3 },
  {
    name: 'a tenth twice as slow',
    stateOf: still,
    scatter: (random) => (random() < 0.1 ? Math.log(2) : 0) + 0.03 * normal(random),
  },
]

export interface LaunchDesign {
  readonly launches: number
  readonly rounds: number
  readonly latencyMs: number
  readonly samplesPerBlock: number
}

const leadSamples = 3

export function noisyLaunches(seed: number, model: NoiseModel, design: LaunchDesign): readonly SampleBlock[] {
  return Array.from({ length: design.launches }, (_, launch) =>
    noisyLaunch(seededRandom(seed * 1000 + launch), model, design, launch),
  ).flat()
}

function noisyLaunch(random: Random, model: NoiseModel, design: LaunchDesign, launch: number): SampleBlock[] {
  const { rounds, latencyMs, samplesPerBlock } = design
  const stateAt = model.stateOf(random)
  const offset = (model.launchStateSpread ?? 0) * normal(random)
  const blockMs = latencyMs * samplesPerBlock
  return Array.from({ length: rounds }, (_, round) => {
    const startMs = 2 * round * blockMs
    const latenciesMs = Array.from({ length: samplesPerBlock }, (__, index) => {
      const state = stateAt(startMs + index * latencyMs)
      return latencyMs * Math.exp(offset + state + model.scatter(random))
    })
    const place = { launch, round, block: round, orderInRound: 0 }
    return timed({
      ...place,
      startedAtNs: Math.round(startMs * 1e6),
      endedAtNs: 0,
      leadSamples,
      flags: [],
      latenciesMs,
    })
  })
}

function timed(block: SampleBlock): SampleBlock {
  const lastedMs = block.latenciesMs.reduce((sum, each) => sum + each, 0)
  return { ...block, endedAtNs: Math.round(block.startedAtNs + lastedMs * 1e6) }
}

/** The first launches, each off by its own factor. @param spread standard deviation of its logarithm. */
export function launchesOff(
  seed: number,
  blocks: readonly SampleBlock[],
  launches: number,
  spread: number,
): readonly SampleBlock[] {
  const random = seededRandom(seed)
  const factors = Array.from({ length: launches }, () => Math.exp(spread * normal(random)))
  return blocks.flatMap((block) => {
    const factor = factors[block.launch]
    if (factor === undefined) return []
    return spread === 0 ? [block] : [timed({ ...block, latenciesMs: block.latenciesMs.map((each) => each * factor) })]
  })
}
