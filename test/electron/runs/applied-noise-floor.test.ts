import { expect, test } from 'vitest'
import { appliedNoiseFloor } from '../../../electron/runs/applied-noise-floor.ts'
import type { NoiseFloor } from '../../../shared/domain/noise-floor.ts'
import { exampleRecord } from '../../fakes/example-record.ts'

const { plan } = exampleRecord()
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
  const record = { plan: { ...plan, preset: 'standard' as const, device: 'cuda' as const }, simulated: false }
  expect(await appliedNoiseFloor({ noiseFloor }, record)).toEqual(floor)
  expect(asked).toEqual([['standard', 'cuda']])
})

test('where it was not measured the record says so, with the command that measures it', async () => {
  const record = { plan: { ...plan, preset: 'quick' as const, device: 'cuda' as const }, simulated: false }
  expect(await appliedNoiseFloor({ noiseFloor: async () => null }, record)).toEqual({
    notMeasured: expect.stringMatching(/quick runs on cuda: enginebench noise-floor --preset quick --device cuda$/),
  })
})

test('a simulated run has no machine whose floor could matter', async () => {
  const applied = await appliedNoiseFloor({ noiseFloor: async () => floor }, { plan, simulated: true })
  expect(applied).toEqual({ notMeasured: 'A simulated run does not depend on the machine.' })
})
