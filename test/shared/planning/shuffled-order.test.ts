import { describe, expect, it } from 'vitest'
import { combinedSeed, seededRandom } from '../../../shared/planning/seeded-random.ts'
import { roundOrder, shuffledOrder } from '../../../shared/planning/shuffled-order.ts'

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
