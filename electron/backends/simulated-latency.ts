// Seeded latencies around a median, log-normal, with the launch's own offset and a drift over blocks. Pure but for the
// state of its generator: the same seed gives the same samples.
import { type Random, seededRandom } from '../../shared/planning/seeded-random.ts'
import type { SimulatedOptions } from './simulated-options.ts'

export type LatencySource = (block: number) => number

export function latencySource(options: SimulatedOptions, seed: number): LatencySource {
  const random = seededRandom(seed)
  const launchOffset = options.launchSpread * normal(random)
  return (block) =>
    options.medianMs * Math.exp(launchOffset + options.spread * normal(random)) * (1 + options.driftPerBlock) ** block
}

/** Box and Muller's way; the uniform is kept off zero. */
function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()))
  return radius * Math.cos(2 * Math.PI * random())
}
