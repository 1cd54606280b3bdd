import { expect, test } from 'vitest'
import { CaseTrial } from '../../../electron/runs/case-trial.ts'
import { canBeCoResident, fitsOnGpu } from '../../../electron/runs/memory-pass.ts'

function trialOf(hostBytes: number, gpuBytes: number): CaseTrial {
  const trial = new CaseTrial('a', { backend: 'torch-eager', precision: 'fp32', options: {} }, null)
  trial.memory = { allocatorPeakBytes: { value: 1 }, processPeakBytes: { value: hostBytes } }
  trial.gpuPeak = { bytes: { value: gpuBytes, interval: null }, method: 'NVML, this process' }
  return trial
}

test('cases stay resident together where their peaks leave a tenth of the memory, on the host and on the GPU', () => {
  const trials = [trialOf(4e9, 1e9), trialOf(5e9, 8e9)]
  expect([10e9, 9.9e9].map((free) => canBeCoResident(trials, free))).toEqual([true, false])
  expect([10e9, 9.9e9, null].map((bytes) => fitsOnGpu(trials, bytes))).toEqual([true, false, true])
})

test('a case that has ended takes no room', () => {
  const ended = trialOf(8e9, 8e9)
  ended.cancel()
  const trials = [ended, trialOf(5e9, 5e9)]
  expect([canBeCoResident(trials, 6e9), fitsOnGpu(trials, 6e9)]).toEqual([true, true])
})
