// The order of cases within a round: a fair shuffle determined by the seed, the launch and the round, so that a run can
// be repeated. Does not read a clock and keeps no state.
import { combinedSeed, seededRandom } from './seeded-random.ts'

export function shuffledOrder<Item>(items: readonly Item[], seedParts: readonly number[]): Item[] {
  const random = seededRandom(combinedSeed(seedParts))
  const keyed = items.map((item) => ({ item, key: random() }))
  keyed.sort((left, right) => left.key - right.key)
  return keyed.map(({ item }) => item)
}

/** Keys of one round, in the order in which their blocks run. */
export function roundOrder(seed: number, launch: number, round: number, keys: readonly string[]): readonly string[] {
  return shuffledOrder(keys, [seed, launch, round])
}
