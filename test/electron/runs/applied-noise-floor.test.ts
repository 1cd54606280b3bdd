import { expect, test } from 'vitest'
import { appliedNoiseFloor } from '../../../electron/runs/applied-noise-floor.ts'
import type { NoiseFloor } from '../../../shared/domain/noise-floor.ts'
import { exampleRecord } from '../../fakes/example-record.ts'

const { plan } = exampleRecord()
const real = {
  ...plan,
  candidates: [{ backend: 'onnxruntime-node' as const, precision: 'fp32' as const, options: {} }],
}
const floor: NoiseFloor = {
  value: 0.031,
  interval: { low: 0.02, high: 0.05, level: 0.86, method: 'order-statistic' },
  ...{ comparisons: 40, intervalsExcludingOne: 2, preset: 'standard', device: 'cuda' },
  ...{ subject: 'clip-vit-b32', machineHash: 'a'.repeat(64), measuredAt: '2026-11-24T08:00:00.000Z' },
}

test('a run is judged by the floor of its own preset and device', async () => {
  const asked: unknown[] = []
  const noiseFloor = async (...key: unknown[]) => {
    asked.push(key)
    return floor
  }
  const record = { plan: { ...real, preset: 'standard' as const, device: 'cuda' as const } }
  expect(await appliedNoiseFloor({ noiseFloor }, record)).toEqual(floor)
  expect(asked).toEqual([['standard', 'cuda']])
})

test('where it was not measured the record says so, with the command that measures it', async () => {
  const record = { plan: { ...real, preset: 'quick' as const, device: 'cuda' as const } }
  expect(await appliedNoiseFloor({ noiseFloor: async () => null }, record)).toEqual({
    notMeasured: expect.stringMatching(/quick runs on cuda: enginebench noise-floor --preset quick --device cuda$/),
  })
})

test('a simulated run has no machine whose floor could matter, but one with a real case beside it has', async () => {
  const [simulated] = plan.candidates
  if (simulated === undefined) throw new Error('the example has a candidate')
  const noiseFloor = async () => floor
  const applied = (candidates: typeof plan.candidates) =>
    appliedNoiseFloor({ noiseFloor }, { plan: { ...plan, candidates } })
  expect(await applied([simulated])).toEqual({ notMeasured: 'A simulated run does not depend on the machine.' })
  expect(await applied([simulated, ...real.candidates])).toEqual(floor)
})
