import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createHostSampler, type HostReadings } from '../../../electron/sampling/host-sampler.ts'
import type { MachineSample } from '../../../electron/store/run-writing.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function readings(steps: readonly { busy: number; idle: number; speed: number }[]): HostReadings {
  let step = 0
  return {
    processors: () => {
      const { busy, idle, speed } = steps[Math.min(step, steps.length - 1)] ?? { busy: 0, idle: 0, speed: 0 }
      step += 1
      return [{ speed, times: { user: busy, nice: 0, sys: 0, irq: 0, idle } }]
    },
    memoryUsedBytes: () => 42,
  }
}

test('once a second it tells the load since the second before, and nothing after it was stopped', () => {
  const samples: MachineSample[] = []
  const start = createHostSampler(
    readings([
      { busy: 0, idle: 0, speed: 2000 },
      { busy: 250, idle: 750, speed: 2000 },
      { busy: 1250, idle: 750, speed: 3000 },
    ]),
  )
  let elapsed = 0
  const sampler = start(
    () => {
      elapsed += 1000
      return elapsed
    },
    (sample) => samples.push(sample),
  )
  vi.advanceTimersByTime(2000)
  sampler.stop()
  vi.advanceTimersByTime(5000)
  expect(samples).toEqual([
    { atMs: 1000, cpuLoadPercent: 25, cpuClockMhz: 2000, memoryUsedBytes: 42 },
    { atMs: 2000, cpuLoadPercent: 100, cpuClockMhz: 3000, memoryUsedBytes: 42 },
  ])
})

test('what cannot be read is null, never 0', () => {
  const samples: MachineSample[] = []
  const start = createHostSampler({
    processors: () => [{ speed: 0, times: { user: 1, nice: 0, sys: 0, irq: 0, idle: 1 } }],
    memoryUsedBytes: () => null,
  })
  const sampler = start(
    () => 1000,
    (sample) => samples.push(sample),
  )
  vi.advanceTimersByTime(1000)
  sampler.stop()
  expect(samples).toEqual([{ atMs: 1000, cpuLoadPercent: null, cpuClockMhz: null, memoryUsedBytes: null }])
})
