// Blocks of several cases as one machine would give them, from a seed: rounds in shuffled order on one timeline, whose
// speed wanders (autocorrelated noise that all cases share), log-normal scatter of each sample, and a launch's own offset.
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { leadSampleCount } from '../../shared/planning/protocol.ts'
import { type Random, seededRandom } from '../../shared/planning/seeded-random.ts'
import { roundOrder } from '../../shared/planning/shuffled-order.ts'

export interface SimulatedDesign {
  readonly seed: number
  /** Median of one query, by caseKey. */
  readonly mediansMs: Readonly<Record<string, number>>
  readonly launches?: number
  readonly rounds?: number
  readonly samplesPerBlock?: number
  /** Standard deviation of the logarithm of a sample. */
  readonly spread?: number
  /** Standard deviation of the logarithm of the machine's wandering speed, and how much of it stays to the next sample. */
  readonly wander?: number
  readonly wanderMemory?: number
  /** Standard deviation of the logarithm by which a case's whole launch is off. */
  readonly launchSpread?: number
}

export function simulatedBlocks(design: SimulatedDesign): ReadonlyMap<string, readonly SampleBlock[]> {
  const { seed, mediansMs, launches = 1, rounds = 12, samplesPerBlock = 20, spread = 0.05 } = design
  const { wander = 0, wanderMemory = 0.9, launchSpread = 0 } = design
  const random = seededRandom(seed)
  const keys = Object.keys(mediansMs)
  const blocks = new Map<string, SampleBlock[]>(keys.map((key) => [key, []]))
  const state = { speed: wander * normal(random), nowNs: 1_000_000 }
  for (let launch = 0; launch < launches; launch += 1) {
    const offsets = new Map(keys.map((key) => [key, launchSpread * normal(random)]))
    for (let round = 0; round < rounds; round += 1) {
      for (const [orderInRound, key] of roundOrder(seed, launch, round, keys).entries()) {
        const centreMs = (mediansMs[key] ?? 1) * Math.exp(offsets.get(key) ?? 0)
        const latenciesMs = Array.from({ length: samplesPerBlock }, () => {
          state.speed = wanderMemory * state.speed + Math.sqrt(1 - wanderMemory ** 2) * wander * normal(random)
          return centreMs * Math.exp(state.speed + spread * normal(random))
        })
        const own = blocks.get(key) ?? []
        own.push(blockAt(state, { launch, round, block: own.length, orderInRound }, latenciesMs))
      }
    }
  }
  return blocks
}

type Place = Pick<SampleBlock, 'launch' | 'round' | 'block' | 'orderInRound'>

function blockAt(state: { nowNs: number }, place: Place, latenciesMs: number[]): SampleBlock {
  const startedAtNs = state.nowNs
  const lastedNs = latenciesMs.reduce((sum, latencyMs) => sum + latencyMs + 0.001, 0) * 1e6
  const endedAtNs = Math.round(startedAtNs + lastedNs)
  state.nowNs = endedAtNs + 2_000_000
  return { ...place, startedAtNs, endedAtNs, leadSamples: leadSampleCount(latenciesMs.length), flags: [], latenciesMs }
}

export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
