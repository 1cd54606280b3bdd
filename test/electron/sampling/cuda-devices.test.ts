import { expect, test } from 'vitest'
import { type CudaDriver, readCudaDevices } from '../../../electron/sampling/cuda-devices.ts'

interface FakeGpu {
  readonly name: string
  readonly capability: readonly [number, number]
  /** 32 hexadecimal digits. */
  readonly uuid: string
  /** The same for the GPU that a MIG instance is part of. */
  readonly whole?: string
}

const gibibyte = 1024 ** 3

function driverOf(gpus: readonly FakeGpu[], changes: Partial<CudaDriver> = {}): CudaDriver {
  const at = (device: number): FakeGpu => {
    const gpu = gpus[device]
    if (gpu === undefined) throw new Error('CUDA was asked for a device that it did not list.')
    return gpu
  }
  const answering = (hex: (gpu: FakeGpu) => string) => (uuid: Buffer, device: number) => {
    Buffer.from(hex(at(device)), 'hex').copy(uuid)
    return 0
  }
  return {
    cuInit: () => (gpus.length > 0 ? 0 : 100),
    cuDeviceGetCount: (count) => {
      count[0] = gpus.length
      return 0
    },
    cuDeviceGet: (device, ordinal) => {
      device[0] = ordinal
      return 0
    },
    cuDeviceGetName: (name, _length, device) => {
      name.write(at(device).name)
      return 0
    },
    cuDeviceTotalMem_v2: (bytes) => {
      bytes.writeBigUInt64LE(BigInt(24 * gibibyte))
      return 0
    },
    cuDeviceGetAttribute: (value, attribute, device) => {
      value[0] = at(device).capability[attribute === 75 ? 0 : 1]
      return 0
    },
    cuDeviceGetUuid: answering(({ uuid, whole }) => whole ?? uuid),
    cuDeviceGetUuid_v2: answering(({ uuid }) => uuid),
    ...changes,
  }
}

const fast: FakeGpu = { name: 'RTX 4090', capability: [8, 9], uuid: 'aaaaaaaa00004000800000000000000a' }
const board = 'bbbbbbbb00004000800000000000000b'
const instance: FakeGpu = {
  name: 'A100 MIG',
  capability: [8, 0],
  uuid: 'cccccccc00004000800000000000000c',
  whole: board,
}

test('CUDA lists its devices in its own order, each by the UUID that NVML takes, a MIG instance by its own', () => {
  expect(readCudaDevices(() => driverOf([fast, instance]))).toEqual([
    {
      name: 'RTX 4090',
      uuid: 'GPU-aaaaaaaa-0000-4000-8000-00000000000a',
      computeCapability: '8.9',
      memoryBytes: 24 * gibibyte,
    },
    {
      name: 'A100 MIG',
      uuid: 'MIG-cccccccc-0000-4000-8000-00000000000c',
      computeCapability: '8.0',
      memoryBytes: 24 * gibibyte,
    },
  ])
})

test('a driver from before CUDA 11.4 lists devices without a UUID', () => {
  const [first] = readCudaDevices(() => driverOf([fast], { cuDeviceGetUuid_v2: null }))
  expect(first?.uuid).toBe(null)
})

test('without a driver, without a GPU, and when a question fails, nothing is listed', () => {
  const none = [
    readCudaDevices(),
    readCudaDevices(() => driverOf([])),
    readCudaDevices(() => driverOf([fast], { cuDeviceGetName: () => 101 })),
  ]
  expect(none).toEqual([[], [], []])
})
