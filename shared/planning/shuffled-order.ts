// The order in which cases start in a launch, and in which they measure within a round: fair shuffles determined by the
// seed, so that a run can be repeated. Does not read a clock and keeps no state.
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

/** Distinguishes the seeds of launches from those of rounds. */
const startingOrders = 0xffffffff

/**
 * Items in the order in which their workers start and warm up. The place in which a worker starts can make it faster or
 * slower for the whole launch, which no round of that launch averages out. So every item takes every place once in as
 * many launches as there are items (a Latin square, shuffled again each time): the effect of the place becomes part of
 * the differences between launches.
 */
export function launchOrder<Item>(seed: number, launch: number, items: readonly Item[]): readonly Item[] {
  if (items.length === 0) return []
  const square = [seed, startingOrders, Math.floor(launch / items.length)]
  const first = shuffledOrder(items, square)
  const shifts = shuffledOrder([...items.keys()], [...square, 1])
  const shift = shifts[launch % items.length] ?? 0
  return [...first.slice(shift), ...first.slice(0, shift)]
}
