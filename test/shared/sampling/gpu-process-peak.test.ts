import { expect, test } from 'vitest'
import type { GpuSample } from '../../../shared/domain/machine-sample.ts'
import { gpuProcessPeak } from '../../../shared/sampling/gpu-process-peak.ts'
import { gpuSample, machineSample } from '../../fakes/machine-samples.ts'

const samples = (gpus: readonly Partial<GpuSample>[]) =>
  gpus.map((gpu, index) => machineSample(200 * index, { gpu: gpuSample(gpu) }))

test('the peak is that of the process where the driver tells it', () => {
  const own = (usedBytes: number | null) => ({
    ownProcesses: [
      { pid: 7, usedBytes: 9e9 },
      { pid: 8, usedBytes },
    ],
  })
  expect(gpuProcessPeak(samples([own(null), own(1e9), own(3e9), own(2e9)]), 8)).toEqual({
    bytes: { value: 3e9, interval: null },
    method: 'NVML, this process',
  })
})

test('where processes have no figure, it is what the device uses more than before, even while one before still ends', () => {
  const ending = { memoryUsedBytes: 6e9, foreignProcesses: null }
  const used = [ending, { memoryUsedBytes: 1e9 }, { memoryUsedBytes: 5e9, foreignProcesses: null }]
  expect(gpuProcessPeak(samples([...used, { memoryUsedBytes: 4e9 }]), 8)).toEqual({
    bytes: { value: 4e9, interval: null },
    method: 'NVML, device used less before',
  })
})

test.each([
  [[{ memoryUsedBytes: 1e9, foreignProcesses: [9] }, { memoryUsedBytes: 2e9 }]],
  [[{ memoryUsedBytes: 1e9 }, { memoryUsedBytes: 2e9, foreignProcesses: [9] }]],
  [
    [
      { memoryUsedBytes: 1e9, foreignProcesses: null },
      { memoryUsedBytes: 2e9, foreignProcesses: null },
    ],
  ],
])('the device’s use is no figure of the case beside other processes', (gpus) => {
  expect(gpuProcessPeak(samples(gpus), 8)).toEqual({
    bytes: {
      value: null,
      reason: 'The driver does not tell the memory of this process, and others may have used the GPU.',
    },
    method: null,
  })
})

test('without a reading there is a reason, never nothing', () => {
  expect(gpuProcessPeak([machineSample(0)], 8).bytes).toMatchObject({
    value: null,
    reason: expect.stringMatching(/sampled/),
  })
  expect(gpuProcessPeak(samples([{ memoryUsedBytes: null }]), 8).bytes).toMatchObject({ value: null })
})
