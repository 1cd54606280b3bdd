import { describe, expect, it } from 'vitest'
import { judgeQuiet } from '../../../shared/sampling/quiet-gate.ts'
import { gpuSample, machineSample } from '../../fakes/machine-samples.ts'

const facts = { logicalCores: 8, onBattery: false, onGpu: false, slowdownCelsius: null }
const onGpu = { ...facts, onGpu: true, slowdownCelsius: 92 }

describe('the machine before a run', () => {
  it('is quiet where nothing else worked', () => {
    expect(judgeQuiet([machineSample(200), machineSample(400)], facts)).toEqual({
      verdict: 'quiet',
      reason: 'Nothing else kept the machine busy in the seconds before the run.',
    })
  })

  it('is noisy with every reason that there is', () => {
    const samples = [machineSample(200, { foreignCpuPercent: 60 }), machineSample(400, { swapInPages: 2 })]
    expect(judgeQuiet(samples, { ...facts, onBattery: true })).toEqual({
      verdict: 'noisy',
      reason: 'Other processes used 31 % of a core; memory was read back from swap; the machine runs on its battery.',
    })
  })

  it('fault-24: names the foreign processes on a GPU that the run uses', () => {
    const gpu = gpuSample({ foreignProcesses: [4711], utilizationPercent: 30, temperatureCelsius: 85 })
    expect(judgeQuiet([machineSample(200, { gpu })], onGpu)).toEqual({
      verdict: 'noisy',
      reason:
        'Other processes were on the GPU (4711); the GPU was 30 % busy; the GPU had 85 °C and slows itself at 92 °C.',
    })
    expect(judgeQuiet([machineSample(200, { gpu })], facts).verdict).toBe('quiet')
  })

  it('is unknown where it was not seen, with the reason', () => {
    expect(judgeQuiet([], facts)).toEqual({
      verdict: 'unknown',
      reason: 'The machine could not be observed before the run.',
    })
    expect(judgeQuiet([machineSample(200, { foreignCpuPercent: null })], facts)).toEqual({
      verdict: 'unknown',
      reason: 'Processor time of other processes cannot be read here.',
    })
    expect(judgeQuiet([machineSample(200)], onGpu)).toEqual({
      verdict: 'unknown',
      reason: 'The GPU cannot be read here.',
    })
    expect(judgeQuiet([machineSample(200, { gpu: gpuSample({ foreignProcesses: null }) })], onGpu)).toEqual({
      verdict: 'unknown',
      reason: 'Processes on the GPU cannot be told apart here.',
    })
  })
})
