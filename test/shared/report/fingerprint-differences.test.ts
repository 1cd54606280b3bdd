import { describe, expect, it } from 'vitest'
import type { Fingerprint, Gpu } from '../../../shared/domain/fingerprint.ts'
import { fingerprintBanner, fingerprintDifferences } from '../../../shared/report/machine-settings.ts'
import { machineFacts } from '../../../shared/report/run-facts.ts'
import { exampleRecord } from '../../fakes/example-record.ts'

const older = exampleRecord().fingerprint
const gpu: Gpu = {
  name: 'GPU 80 GB',
  memoryBytes: 85_899_345_920,
  driver: '570.86.15',
  uuid: 'GPU-1',
  computeCapability: '9.0',
  powerLimitWatts: 700,
  maxSmClockMhz: 1980,
  maxMemoryClockMhz: 2619,
  persistenceMode: true,
  migMode: false,
  eccMode: true,
  driverCudaVersion: '12.8',
  displayActive: false,
}
const settings = {
  cpuBoost: true,
  simultaneousMultithreading: true,
  transparentHugePages: 'madvise',
  container: false,
  cpuLimitCores: 'none',
  memoryLimitBytes: 'none',
} as const
const here = fingerprint('ab', { ...settings, gpus: [gpu] })

function fingerprint(hash: string, changes: Partial<Fingerprint['machine']>): Fingerprint {
  return { ...older, hash, machine: { ...older.machine, ...changes } }
}

describe('differences between machines', () => {
  it('name every setting in words, with its unit', () => {
    const there = fingerprint('cd', {
      cpuBoost: false,
      simultaneousMultithreading: false,
      transparentHugePages: 'always',
      container: true,
      cpuLimitCores: 1.5,
      memoryLimitBytes: 4 * 1024 ** 3,
      gpus: [
        {
          ...{ name: gpu.name, memoryBytes: gpu.memoryBytes, driver: gpu.driver },
          uuid: 'GPU-2',
          computeCapability: '10.0',
          powerLimitWatts: 350,
          maxSmClockMhz: 1410,
          maxMemoryClockMhz: 2400,
          persistenceMode: false,
          migMode: true,
          eccMode: null,
          driverCudaVersion: '13.0',
          displayActive: true,
        },
      ],
    })
    expect(fingerprintDifferences([here, there])).toEqual([
      { what: 'clock boost', values: ['on', 'off'] },
      { what: 'SMT', values: ['on', 'off'] },
      { what: 'transparent huge pages', values: ['madvise', 'always'] },
      { what: 'container', values: ['no', 'yes'] },
      { what: 'processor limit', values: ['none', '1.5 cores'] },
      { what: 'memory limit', values: ['none', '4.0 GiB'] },
      { what: 'GPU UUID', values: ['GPU-1', 'GPU-2'] },
      { what: 'compute capability', values: ['9.0', '10.0'] },
      { what: 'CUDA of the driver', values: ['12.8', '13.0'] },
      { what: 'GPU power limit', values: ['700 W', '350 W'] },
      { what: 'largest SM clock', values: ['1,980 MHz', '1,410 MHz'] },
      { what: 'largest memory clock', values: ['2,619 MHz', '2,400 MHz'] },
      { what: 'persistence mode', values: ['on', 'off'] },
      { what: 'MIG', values: ['off', 'on'] },
      { what: 'ECC', values: ['on', 'unknown'] },
      { what: 'display on the GPU', values: ['none', 'active'] },
    ])
  })

  it('are told in one sentence', () => {
    const there = fingerprint('cd', { ...settings, gpus: [{ ...gpu, powerLimitWatts: 350.5 }] })
    expect(fingerprintBanner([here, there])).toBe(
      'Different machines or states: GPU power limit (700 W / 350.5 W). Nothing is claimed across these runs.',
    )
  })

  it('of several GPUs are told in their order, and once where all agree', () => {
    const two = fingerprint('cd', { ...settings, gpus: [gpu, { ...gpu, uuid: 'GPU-2', powerLimitWatts: 350 }] })
    expect(fingerprintDifferences([here, two])).toEqual([
      { what: 'GPU', values: ['GPU 80 GB', 'GPU 80 GB, GPU 80 GB'] },
      { what: 'driver', values: ['570.86.15', '570.86.15, 570.86.15'] },
      { what: 'GPU UUID', values: ['GPU-1', 'GPU-1, GPU-2'] },
      { what: 'GPU power limit', values: ['700 W', '700 W, 350 W'] },
    ])
  })

  it('to a machine without a GPU do not count what only a GPU has', () => {
    expect(fingerprintDifferences([here, fingerprint('cd', settings)])).toEqual([
      { what: 'GPU', values: ['GPU 80 GB', 'none'] },
      { what: 'driver', values: ['570.86.15', 'none'] },
    ])
  })

  it('to an older record are one: that it has no settings', () => {
    const without = { name: gpu.name, memoryBytes: gpu.memoryBytes, driver: gpu.driver }
    const old = fingerprint('cd', { gpus: [without] })
    expect(fingerprintDifferences([here, old])).toEqual([
      { what: 'state of the machine', values: ['recorded', 'not recorded'] },
    ])
    const other = fingerprint('ef', { ...settings, cpuBoost: false, gpus: [gpu] })
    expect(fingerprintDifferences([here, old, other])).toEqual([
      { what: 'clock boost', values: ['on', 'not recorded', 'off'] },
      { what: 'state of the machine', values: ['recorded', 'not recorded', 'recorded'] },
    ])
  })
})

describe('the machine of a report', () => {
  const stateOf = (of: Fingerprint) => machineFacts({ fingerprint: of }).filter(([name]) => name.endsWith('state'))

  it('says how the machine and its GPU are set, less what could not be read', () => {
    const told = fingerprint('ab', { ...settings, cpuBoost: null, gpus: [{ ...gpu, eccMode: null }] })
    expect(stateOf(told)).toEqual([
      [
        'GPU state',
        'compute capability 9.0, CUDA of the driver 12.8, GPU power limit 700 W, largest SM clock 1,980 MHz, largest memory clock 2,619 MHz, persistence mode on, MIG off, display on the GPU none',
      ],
      [
        'Machine state',
        'SMT on, transparent huge pages madvise, container no, processor limit none, memory limit none',
      ],
    ])
  })

  it('says nothing of it for a record that has none', () => {
    expect(stateOf(older)).toEqual([])
  })
})
