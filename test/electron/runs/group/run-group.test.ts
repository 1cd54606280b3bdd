import { expect, test } from 'vitest'
import { RunCase } from '../../../../electron/runs/group/run-case.ts'
import { canBeCoResident, fitsOnGpu } from '../../../../electron/runs/group/run-group.ts'

function runCaseOf(hostBytes: number, gpuBytes: number): RunCase {
  const runCase = new RunCase('a', { backend: 'torch-eager', precision: 'fp32', options: {} }, null)
  runCase.memory = { allocatorPeakBytes: { value: 1 }, processPeakBytes: { value: hostBytes } }
  runCase.gpuPeak = { bytes: { value: gpuBytes, interval: null }, method: 'NVML, this process' }
  return runCase
}

test('cases stay resident together where their peaks leave a tenth of the memory, on the host and on the GPU', () => {
  const runCases = [runCaseOf(4e9, 1e9), runCaseOf(5e9, 8e9)]
  expect([10e9, 9.9e9].map((free) => canBeCoResident(runCases, free))).toEqual([true, false])
  expect([10e9, 9.9e9, null].map((bytes) => fitsOnGpu(runCases, bytes))).toEqual([true, false, true])
})

test('a case that has ended takes no room', () => {
  const ended = runCaseOf(8e9, 8e9)
  ended.cancel()
  const runCases = [ended, runCaseOf(5e9, 5e9)]
  expect([canBeCoResident(runCases, 6e9), fitsOnGpu(runCases, 6e9)]).toEqual([true, true])
})
