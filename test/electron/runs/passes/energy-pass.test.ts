import { expect, test } from 'vitest'
import { energyPass } from '../../../../electron/runs/passes/energy-pass.ts'
import type { GpuSample } from '../../../../shared/domain/machine-sample.ts'
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

/** Loading and warming up of the simulated case take 2.05 s, then the board settles for 2 s and rests for 6. */
const blockStartsMs = 2050 + 8000

test('energy of an image is the power of the block over its images, and once more with idle power taken off', async () => {
  const { context, trial, told } = passBench(passes, {}, 'torch-eager', board(blockStartsMs))
  const results = await energyPass.measure(context, trial)
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
  const { context, trial } = passBench(passes, {}, 'torch-eager', sampled)
  expect(await energyPass.measure(context, trial)).toMatchObject({
    energy: { boundary: 'the GPU board, not the wall; other processes (42) used it too, and are in the figure' },
  })
})

test('inside a container, where processes cannot be told apart, that is said', async () => {
  const { context, trial } = passBench(passes, {}, 'torch-eager', board(blockStartsMs, { foreignProcesses: null }))
  expect(await energyPass.measure(context, trial)).toMatchObject({
    energy: { boundary: 'the GPU board, not the wall; whether other processes used it cannot be told here' },
  })
})

test('where the counter is reset while the board rests, the net figure alone is missing', async () => {
  const sampled = board(blockStartsMs)
  const reset = (atMs: number) => (atMs < 6000 ? board(-1e9)(atMs) : sampled(atMs))
  const { context, trial } = passBench(passes, {}, 'torch-eager', reset)
  const results = await energyPass.measure(context, trial)
  expect(results).toMatchObject({
    energy: { idleWatts: null, netJoulesPerImage: { value: null, reason: 'The energy counter was reset in between.' } },
  })
})

test.each([
  ['on a CPU', { onGpu: false }, 'torch-eager', /on a GPU alone/],
  ['of a simulated case', {}, 'simulated', /computes nothing/],
  ['without a sample', {}, 'torch-eager', /not sampled/],
] as const)('%s energy is not measured, and says why', async (_, changes, backend, reason) => {
  const { context, trial } = passBench(passes, changes, backend)
  expect(await energyPass.measure(context, trial)).toEqual({ notMeasured: expect.stringMatching(reason) })
})
