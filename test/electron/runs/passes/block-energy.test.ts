import { expect, test } from 'vitest'
import { averageWatts, foreignProcesses } from '../../../../electron/runs/passes/block-energy.ts'
import type { MachineSample } from '../../../../shared/domain/machine-sample.ts'
import { gpuSample, machineSample } from '../../../fakes/machine-samples.ts'

const block = { startedAtMs: 1000, endedAtMs: 11_000 }

/** One reading a second, at 300 W from 5000 J on. */
function readings(change: (atMs: number, joules: number) => number | null = (_, joules) => joules): MachineSample[] {
  return Array.from({ length: 61 }, (_, index) => {
    const atMs = index * 200
    const energyJoules = atMs % 1000 === 0 ? change(atMs, 5000 + 0.3 * atMs) : null
    return machineSample(atMs, { gpu: gpuSample({ energyJoules }) })
  })
}

test('average power is what the counter went on between the readings inside the block', () => {
  expect(averageWatts(readings(), block)).toBeCloseTo(300)
  // What happened before and after the block does not count.
  const spiky = readings((atMs, joules) => (atMs < 1000 ? joules - 4000 : atMs > 11_000 ? joules + 4000 : joules))
  expect(averageWatts(spiky, block)).toBeCloseTo(300)
})

test('a counter that was reset in the block tells nothing, even where it ends higher than it began', () => {
  const reset = readings((atMs, joules) => (atMs >= 5000 && atMs < 6000 ? 1 : joules))
  expect(averageWatts(reset, block)).toEqual({ notMeasured: 'The energy counter was reset in between.' })
})

test.each([
  ['ends', (atMs: number) => atMs < 7000, '5.0'],
  ['begins', (atMs: number) => atMs > 5000, '5.0'],
])('a counter whose reading %s halfway says nothing of the whole block', (_, isRead, seconds) => {
  expect(
    averageWatts(
      readings((atMs, joules) => (isRead(atMs) ? joules : null)),
      block,
    ),
  ).toEqual({
    notMeasured: `The energy counter was not read for ${seconds} s of the block.`,
  })
})

test.each([
  [[], /not sampled/],
  [[machineSample(2000), machineSample(3000)], /No GPU/],
  [readings(() => null), /not read twice/],
  [readings((atMs, joules) => (atMs === 5000 ? joules : null)), /not read twice/],
])('without two readings there is a reason', (samples, reason) => {
  expect(averageWatts(samples, block)).toEqual({ notMeasured: expect.stringMatching(reason) })
})

test('other processes count while the block lasts', () => {
  const at = (atMs: number, foreign: number[] | null) =>
    machineSample(atMs, { gpu: gpuSample({ foreignProcesses: foreign }) })
  expect(foreignProcesses([at(2000, null)], block)).toBeNull()
  expect(foreignProcesses([at(500, [1]), at(2000, [2, 3]), at(3000, null), at(4000, [3])], block)).toEqual([2, 3])
})
