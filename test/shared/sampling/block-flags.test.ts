import { describe, expect, it } from 'vitest'
import type { MachineSample } from '../../../shared/domain/machine-sample.ts'
import { flagRound } from '../../../shared/sampling/block-flags.ts'
import { gpuSample, machineSample } from '../../fakes/machine-samples.ts'

const blocks = [
  { startedAtMs: 1000, endedAtMs: 1400, workerPid: 11 },
  { startedAtMs: 1400, endedAtMs: 1800, workerPid: 22 },
  { startedAtMs: 1800, endedAtMs: 2200, workerPid: 33 },
]
const times = [1000, 1200, 1400, 1600, 1800, 2000, 2200]

/** Samples of a quiet machine, changed at some moments. */
function samples(changes: Readonly<Record<number, Partial<MachineSample>>> = {}): MachineSample[] {
  return times.map((atMs) => machineSample(atMs, { gpu: gpuSample(), ...changes[atMs] }))
}

const onCpu = { logicalCores: 8, onGpu: false }
const onGpu = { logicalCores: 8, onGpu: true }

describe('flags of a round', () => {
  it('are none on a machine at rest', () => {
    expect(flagRound(blocks, samples(), onGpu)).toEqual([[], [], []])
  })

  it('are none where there are no samples: nothing is claimed of what was not seen', () => {
    expect(flagRound(blocks, [], onGpu)).toEqual([[], [], []])
  })

  it('fault-23: tell a block in which heat or a failing supply slowed the GPU, but not one at its power cap', () => {
    const changes = {
      1600: { gpu: gpuSample({ clockReasons: ['software-thermal'] }) },
      2000: { gpu: gpuSample({ clockReasons: ['software-power-cap', 'other'] }) },
    }
    expect(flagRound(blocks, samples(changes), onGpu)).toEqual([[], ['throttled'], []])
    expect(flagRound(blocks, samples(changes), onCpu)).toEqual([[], [], []])
  })

  it('tell a clock more than 5 % under the median of the round', () => {
    const slow = (smClockMhz: number) => ({ gpu: gpuSample({ smClockMhz }) })
    expect(flagRound(blocks, samples({ 2000: slow(1700), 2200: slow(1700) }), onGpu)).toEqual([[], [], ['clock-dip']])
    expect(flagRound(blocks, samples({ 2000: slow(1900), 2200: slow(1900) }), onGpu)).toEqual([[], [], []])
  })

  it('look at the clock of the processor where cases run on it', () => {
    const changes = { 1600: { cpuClockMhz: 2000 }, 1800: { cpuClockMhz: 2000 } }
    expect(flagRound(blocks, samples(changes), onCpu)).toEqual([[], ['clock-dip'], []])
  })

  it('fault-24: tell a block beside which other processes worked, on the processor or the GPU', () => {
    const busy = { foreignCpuPercent: 80 }
    const onTheGpu = { gpu: gpuSample({ foreignProcesses: [4711] }) }
    expect(flagRound(blocks, samples({ 1200: busy, 1400: busy, 2000: onTheGpu }), onGpu)).toEqual([
      ['foreign-load'],
      [],
      ['foreign-load'],
    ])
  })

  it('let pass the little that a system always does, more of it on a machine with many cores', () => {
    const changes = { 1200: { foreignCpuPercent: 40 }, 1400: { foreignCpuPercent: 40 } }
    expect(flagRound(blocks, samples(changes), onCpu)[0]).toEqual(['foreign-load'])
    expect(flagRound(blocks, samples(changes), { ...onCpu, logicalCores: 64 })[0]).toEqual([])
  })

  it('tell a block during which memory came back from swap', () => {
    expect(flagRound(blocks, samples({ 1600: { swapInPages: 3 } }), onCpu)).toEqual([[], ['swap'], []])
  })

  it('fault-29: tell a block across which the machine slept, and one whose own worker was stopped', () => {
    const changes = {
      1200: { suspendedMs: 60_000 },
      1600: { stoppedProcesses: [22] },
      2000: { stoppedProcesses: [22] },
    }
    expect(flagRound(blocks, samples(changes), onCpu)).toEqual([['suspended'], ['suspended'], []])
  })

  it('judge a block that fell between two samples by what happened until the next', () => {
    const short = [{ startedAtMs: 1450, endedAtMs: 1500, workerPid: 1 }]
    expect(flagRound(short, samples({ 1600: { swapInPages: 1 } }), onCpu)).toEqual([['swap']])
  })

  it('claim nothing from readings that are not there', () => {
    const blind = times.map((atMs) => ({ atMs, cpuLoadPercent: null, cpuClockMhz: null, memoryUsedBytes: null }))
    expect(flagRound(blocks, blind, onGpu)).toEqual([[], [], []])
  })
})
