import { describe, expect, it } from 'vitest'
import { createGpuReader } from '../../../electron/sampling/machine-reader.ts'
import type { NvmlGpu } from '../../../electron/sampling/nvml.ts'
import { fakeNvml, given, notGiven } from '../../fakes/fake-nvml.ts'

function readerOf(gpu: NvmlGpu) {
  const notRead: string[] = []
  const lost: string[] = []
  const reader = createGpuReader({
    gpu,
    isOurs: (pid) => pid === 100,
    exists: (pid) => pid < 1000,
    onMissing: (sentence) => notRead.push(sentence),
    onLost: (words) => lost.push(words),
  })
  return { ...reader, notRead, lost }
}

const pid = (id: number) => ({ pid: id, usedBytes: 1e8 })

describe('a GPU', () => {
  it('is read in the units of a sample', () => {
    const { read, notRead } = readerOf(
      fakeNvml({
        clockReasonBits: given(0x44n),
        computeProcesses: given([
          { pid: 100, usedBytes: 9e8 },
          { pid: 200, usedBytes: 1e8 },
        ]),
      }),
    )
    expect(read(0)).toEqual({
      smClockMhz: 1980,
      memoryClockMhz: 3201,
      powerWatts: 300.5,
      temperatureCelsius: 50,
      memoryUsedBytes: 2e9,
      utilizationPercent: 7,
      clockReasons: ['software-power-cap', 'hardware-thermal'],
      foreignProcesses: [200],
      ownProcesses: [{ pid: 100, usedBytes: 9e8 }],
      energyJoules: 5000.25,
    })
    expect(notRead).toEqual([])
  })

  it('fault-22: has null for what it does not give, and says why once', () => {
    const absent = notGiven('not supported')
    const { read, slowdownCelsius, notRead } = readerOf(
      fakeNvml({
        smClockMhz: absent,
        powerMilliwatts: absent,
        clockReasonBits: absent,
        computeProcesses: absent,
        energyMillijoules: absent,
        slowdownCelsius: absent,
      }),
    )
    for (const atMs of [0, 200, 1200]) {
      expect(read(atMs)).toMatchObject({
        smClockMhz: null,
        powerWatts: null,
        clockReasons: null,
        foreignProcesses: null,
        ownProcesses: null,
        energyJoules: null,
        temperatureCelsius: 50,
      })
    }
    expect(slowdownCelsius()).toBeNull()
    expect(notRead).toEqual([
      "The GPU's SM clock is not read: not supported.",
      "The GPU's power is not read: not supported.",
      "The GPU's reasons for its clocks is not read: not supported.",
      "The GPU's list of processes is not read: not supported.",
      "The GPU's energy counter is not read: not supported.",
    ])
  })

  it('reads the slow energy counter about once a second', () => {
    let calls = 0
    const { read } = readerOf(
      fakeNvml({
        energyMillijoules: () => {
          calls += 1
          return { value: 1000 * calls, reason: null }
        },
      }),
    )
    const energies = [0, 200, 400, 600, 800, 1000, 1200].map((atMs) => read(atMs).energyJoules)
    expect(energies).toEqual([1, null, null, null, null, 2, null])
  })

  it('fault-22: says once that a reason for its clocks is not known, with the bits', () => {
    const { read, notRead } = readerOf(fakeNvml({ clockReasonBits: given(0x200n) }))
    expect([read(0).clockReasons, read(200).clockReasons]).toEqual([['other'], ['other']])
    expect(notRead).toEqual(["The driver gives a reason for the GPU's clocks that is not known here (bits 0x200)."])
  })

  it('has null for the memory of a process that the driver does not tell, never nothing', () => {
    const { read } = readerOf(fakeNvml({ computeProcesses: given([{ pid: 100, usedBytes: null }]) }))
    expect(read(0).ownProcesses).toEqual([{ pid: 100, usedBytes: null }])
  })

  it('claims no foreign process where ids come from outside a container', () => {
    const { read, notRead } = readerOf(fakeNvml({ computeProcesses: given([pid(100), pid(70_000)]) }))
    expect(read(0)).toMatchObject({ foreignProcesses: null, ownProcesses: null })
    expect(notRead).toEqual([
      'Processes on the GPU have process ids from outside this container, so Enginebench cannot tell its own from others.',
    ])
  })

  it('fault-30: a GPU that is lost midway gives reasons from then on, no figures, and that it is lost is told once', () => {
    let isLost = false
    const { read, notRead, lost } = readerOf(
      fakeNvml({
        smClockMhz: () => (isLost ? { value: null, reason: 'gpu is lost', isLost } : given(1980)()),
        temperatureCelsius: () => (isLost ? { value: null, reason: 'gpu is lost', isLost } : given(50)()),
      }),
    )
    expect([read(0).smClockMhz, lost]).toEqual([1980, []])
    isLost = true
    expect([read(200).smClockMhz, read(400).temperatureCelsius]).toEqual([null, null])
    expect(notRead).toEqual([
      "The GPU's SM clock is not read: gpu is lost.",
      "The GPU's temperature is not read: gpu is lost.",
    ])
    expect(lost).toEqual(['gpu is lost'])
  })
})
