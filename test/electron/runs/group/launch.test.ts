import { expect, test } from 'vitest'
import { measuredBlock } from '../../../../electron/runs/group/launch.ts'

const place = { launch: 1, round: 2, block: 14, orderInRound: 0 }

function message(startedAtNs: number, endedAtNs: number, latenciesMs: number[]) {
  return { message: 'block' as const, id: 1, startedAtNs, endedAtNs, latenciesMs }
}

test('a block is kept on the time of its run, with its lead samples counted', () => {
  const latenciesMs = Array(20).fill(10)
  expect(measuredBlock(message(5_000_000_000, 5_200_000_000, latenciesMs), place, 4_000_000_000)).toEqual({
    ...place,
    startedAtNs: 1_000_000_000,
    endedAtNs: 1_200_000_000,
    leadSamples: 3,
    flags: [],
    latenciesMs,
  })
})

test('fault-29: a block that stood still in between is flagged as suspended, and kept', () => {
  expect(measuredBlock(message(0, 3_100_000_000, Array(10).fill(100)), place, 0).flags).toEqual(['suspended'])
  expect(measuredBlock(message(0, 2_900_000_000, Array(10).fill(100)), place, 0).flags).toEqual([])
})

test('fault-12: impossible times are refused, never recorded', () => {
  for (const [startedAtNs, endedAtNs] of [
    [1, 2],
    [30, 20],
  ] as const) {
    expect(() => measuredBlock(message(startedAtNs, endedAtNs, [1]), place, 10)).toThrow('impossible times')
  }
})
