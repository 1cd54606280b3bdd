// Looking at an interval's width to decide when to stop is not looking at its place: what is added until it is narrow still
// covers the truth as often as promised.
import { expect, test } from 'vitest'
import { launchNoises, outcomeOf, simulatedLaunches } from '../../fakes/simulated-launches.ts'

const trials = 1000
const ratio = 1.05
const mostLaunches = 32

test('fault-26: intervals cover the truth in at least 95 of 100 groups to which a width rule added launches', () => {
  const noise = launchNoises.find(({ name }) => name === 'launches off by 1 %')
  if (noise === undefined) throw new Error('No noise has this name.')
  let [covered, added] = [0, 0]
  for (let trial = 0; trial < trials; trial += 1) {
    const group = simulatedLaunches(70_000 + trial, { ratios: [ratio], launches: mostLaunches }, noise)
    const until = (halfWidth?: number) =>
      outcomeOf(group, { name: '', mostLaunches, ...(halfWidth !== undefined && { halfWidth }) }, [Math.log(ratio)])
    const narrow = until(0.015)
    added += narrow.launches - until().launches
    if (!narrow.covers.includes(false)) covered += 1
  }
  console.log(`width rule: ${(added / trials).toFixed(1)} launches added, the truth covered in ${covered / 10} %`)
  expect(added / trials).toBeGreaterThan(3)
  expect(covered / trials).toBeGreaterThanOrEqual(0.95)
})
