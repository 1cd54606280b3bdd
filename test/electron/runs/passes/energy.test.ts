import { beforeAll, expect, test } from 'vitest'
import { averageWatts, foreignProcesses } from '../../../../electron/runs/passes/energy.ts'
import { measurePass } from '../../../../electron/runs/passes/measure-passes.ts'
import type { GpuSample, MachineSample } from '../../../../shared/domain/machine-sample.ts'
import { gpuSample, machineSample } from '../../../fakes/machine-samples.ts'
import { passBench } from '../../../fakes/pass-context.ts'

const passes = { energy: { blockMs: 30_000 } }

/** A board that takes 100 W at rest and 400 W from `busyFromMs` on. */
function board(busyFromMs: number, changes: Partial<GpuSample> = {}) {
  return (atMs: number) => {
    const joules = 0.1 * atMs + 0.3 * Math.max(0, atMs - busyFromMs)
    const energyJoules = atMs % 1000 === 0 ? joules : null
    return machineSample(atMs, { gpu: gpuSample({ energyJoules, ...changes }) })
  }
}

/** After loading, warming up, and the board's rest: seen once, since the simulated clock gives the same every time. */
let blockStartsMs: number

beforeAll(async () => {
  const { context, runCase, clock } = passBench(passes, {}, 'torch-eager', board(Number.POSITIVE_INFINITY))
  await measurePass('energy', context, runCase)
  blockStartsMs = clock.nowNs() / 1e6 - passes.energy.blockMs
})

test('energy of an image is the power of the block over its images, and once more with idle power taken off', async () => {
  const { context, runCase, told } = passBench(passes, {}, 'torch-eager', board(blockStartsMs))
  const results = await measurePass('energy', context, runCase)
  if ('notMeasured' in results || results.energy === undefined || 'notMeasured' in results.energy)
    throw new Error('nothing was measured')
  // 10 ms a query, four images each: 100 queries a second.
  expect(results.energyJoulesPerImage?.value).toBeCloseTo(400 / 400)
  expect(results.energy.netJoulesPerImage.value).toBeCloseTo(300 / 400)
  expect(results.energy).toMatchObject({
    blockMs: expect.closeTo(30_000),
    images: 12_000,
    boundary: 'the GPU board, not the wall',
  })
  expect(results.energy.averageWatts).toBeCloseTo(400)
  expect(results.energy.idleWatts).toBeCloseTo(100)
  expect(told.filter((line) => line.startsWith('energy'))).toEqual([
    'energy: Energy: the board at rest, with the model loaded',
    'energy: Energy: 30 s without a pause',
  ])
})

test('other processes on the board are said beside the figure', async () => {
  const sampled = board(blockStartsMs, { foreignProcesses: [42] })
  const { context, runCase } = passBench(passes, {}, 'torch-eager', sampled)
  expect(await measurePass('energy', context, runCase)).toMatchObject({
    energy: { boundary: 'the GPU board, not the wall; other processes (42) used it too, and are in the figure' },
  })
})

test('inside a container, where processes cannot be told apart, that is said', async () => {
  const { context, runCase } = passBench(passes, {}, 'torch-eager', board(blockStartsMs, { foreignProcesses: null }))
  expect(await measurePass('energy', context, runCase)).toMatchObject({
    energy: { boundary: 'the GPU board, not the wall; whether other processes used it cannot be told here' },
  })
})

test('where the counter is reset while the board rests, only the net figure is missing', async () => {
  const sampled = board(blockStartsMs)
  const reset = (atMs: number) => (atMs < blockStartsMs - 3000 ? board(-1e9)(atMs) : sampled(atMs))
  const { context, runCase } = passBench(passes, {}, 'torch-eager', reset)
  const results = await measurePass('energy', context, runCase)
  expect(results).toMatchObject({
    energy: { idleWatts: null, netJoulesPerImage: { value: null, reason: 'The energy counter was reset in between.' } },
  })
})

test.each([
  ['on a CPU', { onGpu: false }, 'torch-eager', /Only the energy counter of a GPU/],
  ['of a simulated case', {}, 'simulated', /computes nothing/],
  ['without a sample', {}, 'torch-eager', /not sampled/],
] as const)('%s energy is not measured, and says why', async (_, changes, backend, reason) => {
  const { context, runCase } = passBench(passes, changes, backend)
  expect(await measurePass('energy', context, runCase)).toEqual({ notMeasured: expect.stringMatching(reason) })
})

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
