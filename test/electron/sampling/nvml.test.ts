// The real binding against a stand-in library with the same symbols and layouts; needs a C compiler.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type NvmlGpu, openNvmlLibrary } from '../../../electron/sampling/nvml.ts'

const folder = mkdtempSync(join(tmpdir(), 'enginebench-nvml-'))
const library = join(folder, 'libnvidia-ml.so.1')
const source = join(import.meta.dirname, '../../fixtures/nvml/stand-in.c')
const isBuilt = spawnSync('cc', ['-shared', '-fPIC', '-w', '-o', library, source]).status === 0

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function opened(visibleDevices: string): NvmlGpu {
  const gpu = openNvmlLibrary(library, visibleDevices)
  if ('absent' in gpu) throw new Error(gpu.absent)
  return gpu
}

describe.skipIf(!isBuilt)('NVML through its library', () => {
  it('reads every field from where the library puts it', () => {
    const gpu = opened('')
    expect({
      name: gpu.name,
      smClockMhz: gpu.smClockMhz(),
      memoryClockMhz: gpu.memoryClockMhz(),
      temperatureCelsius: gpu.temperatureCelsius(),
      memoryUsedBytes: gpu.memoryUsedBytes(),
      utilizationPercent: gpu.utilizationPercent(),
      computeProcesses: gpu.computeProcesses(),
      energyMillijoules: gpu.energyMillijoules(),
    }).toEqual({
      name: 'Stand-in 0',
      smClockMhz: { value: 1980, reason: null },
      memoryClockMhz: { value: 3201, reason: null },
      temperatureCelsius: { value: 41, reason: null },
      memoryUsedBytes: { value: 2.5e9, reason: null },
      utilizationPercent: { value: 37, reason: null },
      computeProcesses: {
        value: [
          { pid: 1234, usedBytes: 5 },
          { pid: 4_000_000_000, usedBytes: null },
        ],
        reason: null,
      },
      energyMillijoules: { value: 9_007_199_254_740_000, reason: null },
    })
    gpu.close()
  })

  it("falls back to an older driver's name of a reading", () => {
    expect(opened('').clockReasonBits()).toEqual({ value: 0x1000_0000_0000_0044n, reason: null })
  })

  it('fault-22: gives the reason for what the board or the driver does not have', () => {
    const gpu = opened('')
    expect(gpu.powerMilliwatts()).toEqual({ value: null, reason: 'not supported' })
    expect(gpu.slowdownCelsius()).toEqual({ value: null, reason: 'the driver has no such reading' })
  })

  it('fault-30: tells a GPU that is lost from one that has no such reading', () => {
    expect(opened('1').temperatureCelsius()).toEqual({ value: null, reason: 'gpu is lost', isLost: true })
  })

  it('opens the GPU that CUDA would use', () => {
    expect(['', '1', '1,0', 'GPU-one', 'MIG-one'].map((visible) => opened(visible).name)).toEqual([
      'Stand-in 0',
      'Stand-in 1',
      'Stand-in 1',
      'Stand-in 1',
      'Stand-in 1',
    ])
    expect(openNvmlLibrary(library, '7')).toEqual({ absent: 'The GPU cannot be opened: invalid argument.' })
  })
})

it('fault-22: without the library there is no GPU to read, and the reason says so', () => {
  const gpu = openNvmlLibrary(join(folder, 'absent.so'), '')
  expect('absent' in gpu && gpu.absent.startsWith("NVIDIA's management library cannot be loaded here:")).toBe(true)
})
