import { expect, test } from 'vitest'
import { densityOf } from '../../../renderer/charts/latency-density.tsx'

test('a density counts what lies beyond its axis instead of hiding it', () => {
  const { heights, beyond } = densityOf([1, 1, 1, 2, 50], 4, 8)
  expect(beyond).toBe(1)
  expect(Math.max(...heights)).toBe(1)
})
