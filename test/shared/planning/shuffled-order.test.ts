import { describe, expect, it } from 'vitest'
import { combinedSeed, seededRandom } from '../../../shared/planning/seeded-random.ts'
import { launchOrder, roundOrder, shuffledOrder } from '../../../shared/planning/shuffled-order.ts'

const keys = ['a', 'b', 'c']

describe('roundOrder', () => {
  it('is the same for the same seed, launch and round, and holds every key once', () => {
    expect(roundOrder(1, 0, 3, keys)).toEqual(roundOrder(1, 0, 3, keys))
    expect([...roundOrder(1, 0, 3, keys)].sort()).toEqual(keys)
  })

  it('puts each order about as often as any other', () => {
    const counts = new Map<string, number>()
    for (let round = 0; round < 6000; round += 1) {
      const order = roundOrder(7, 0, round, keys).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })

  it('does not repeat itself between launches, and leaves what it is given as it was', () => {
    const orderOf = (launch: number) =>
      Array.from({ length: 12 }, (_, round) => roundOrder(1, launch, round, keys).join(''))
    expect(orderOf(0)).not.toEqual(orderOf(1))
    const items = [1, 2, 3, 4]
    shuffledOrder(items, [1])
    expect(items).toEqual([1, 2, 3, 4])
  })
})

describe('launchOrder', () => {
  const orders = (seed: number, launches: number, items: readonly string[]) =>
    Array.from({ length: launches }, (_, launch) => launchOrder(seed, launch, items).join(''))

  it('is the same for the same seed and launch, and differs between seeds', () => {
    expect(orders(1, 12, keys)).toEqual(orders(1, 12, keys))
    expect(orders(1, 12, keys)).not.toEqual(orders(2, 12, keys))
  })

  it('gives every case every place once in as many launches as there are cases', () => {
    for (const items of [['a'], ['a', 'b'], keys, ['a', 'b', 'c', 'd', 'e']]) {
      const all = orders(5, 6 * items.length, items)
      for (let square = 0; square < 6; square += 1) {
        const launches = all.slice(square * items.length, (square + 1) * items.length)
        for (const place of items.keys()) {
          expect(launches.map((order) => order[place]).sort()).toEqual(items)
        }
      }
    }
  })

  it('starts a pair in either order first, by chance, and never in the same order more than twice in a row', () => {
    const all = orders(3, 2000, ['a', 'b'])
    const firsts = all.filter((order, launch) => launch % 2 === 0 && order === 'ab')
    expect(Math.abs(firsts.length - 500)).toBeLessThan(80)
    expect(all.some((order, launch) => launch > 1 && order === all[launch - 1] && order === all[launch - 2])).toBe(
      false,
    )
  })

  it('changes the neighbours too: a case does not always start after the same other case', () => {
    const all = orders(1, 90, keys)
    expect(new Set(all).size).toBe(6)
  })

  it('orders nothing where nothing is left', () => {
    expect(launchOrder(1, 4, [])).toEqual([])
  })
})

describe('seeds', () => {
  it('depend on the order of their parts', () => {
    expect(combinedSeed([1, 0])).not.toBe(combinedSeed([0, 1]))
  })

  it('give numbers that are spread evenly over 0…1', () => {
    const random = seededRandom(5)
    const values = Array.from({ length: 20_000 }, random)
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true)
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0.5, 2)
  })
})
