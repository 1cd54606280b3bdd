// The GPUs that CUDA sees, in CUDA's order, from NVIDIA's driver library. Runs in the sampling program, since a broken
// driver may hang or end its process. Creates no context. An empty list without a driver or without a GPU; never throws.
import koffi from 'koffi'
import type { CudaDevice } from './sampling-messages.ts'

/** The driver's functions that are used here; tests use a fake. */
export interface CudaDriver {
  readonly cuInit: (flags: number) => number
  readonly cuDeviceGetCount: (count: [number]) => number
  readonly cuDeviceGet: (device: [number], ordinal: number) => number
  readonly cuDeviceGetName: (name: Buffer, length: number, device: number) => number
  readonly cuDeviceTotalMem_v2: (bytes: Buffer, device: number) => number
  readonly cuDeviceGetAttribute: (value: [number], attribute: number, device: number) => number
  /** Of the whole GPU; null if the driver lacks it. */
  readonly cuDeviceGetUuid: ((uuid: Buffer, device: number) => number) | null
  /** Of the MIG instance, if it is one; null in a driver from before CUDA 11.4. */
  readonly cuDeviceGetUuid_v2: ((uuid: Buffer, device: number) => number) | null
}

const success = 0
/** Values of CUdevice_attribute. */
const capabilityMajor = 75
const capabilityMinor = 76

export function readCudaDevices(open: () => CudaDriver = openDriver): readonly CudaDevice[] {
  try {
    const driver = open()
    const count: [number] = [0]
    if (driver.cuInit(0) !== success || driver.cuDeviceGetCount(count) !== success) return []
    return Array.from({ length: count[0] }, (_, ordinal) => deviceAt(driver, ordinal))
  } catch {
    return []
  }
}

function deviceAt(driver: CudaDriver, ordinal: number): CudaDevice {
  const device: [number] = [0]
  const name = Buffer.alloc(256)
  const bytes = Buffer.alloc(8)
  const major: [number] = [0]
  const minor: [number] = [0]
  const statuses = [driver.cuDeviceGet(device, ordinal)]
  const [handle] = device
  statuses.push(
    driver.cuDeviceGetName(name, name.length, handle),
    driver.cuDeviceTotalMem_v2(bytes, handle),
    driver.cuDeviceGetAttribute(major, capabilityMajor, handle),
    driver.cuDeviceGetAttribute(minor, capabilityMinor, handle),
  )
  if (statuses.some((status) => status !== success)) throw new Error(`CUDA does not describe its device ${ordinal}.`)
  return {
    name: name.toString('utf8', 0, name.indexOf(0)),
    uuid: uuidOf(driver, handle),
    computeCapability: `${major[0]}.${minor[0]}`,
    memoryBytes: Number(bytes.readBigUInt64LE(0)),
  }
}

function uuidOf({ cuDeviceGetUuid, cuDeviceGetUuid_v2 }: CudaDriver, device: number): string | null {
  if (cuDeviceGetUuid === null || cuDeviceGetUuid_v2 === null) return null
  const whole = Buffer.alloc(16)
  const own = Buffer.alloc(16)
  if (cuDeviceGetUuid(whole, device) !== success || cuDeviceGetUuid_v2(own, device) !== success) return null
  const [, ...parts] = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(own.toString('hex')) ?? []
  return `${whole.equals(own) ? 'GPU' : 'MIG'}-${parts.join('-')}`
}

function openDriver(): CudaDriver {
  const library = koffi.load(process.platform === 'win32' ? 'nvcuda.dll' : 'libcuda.so.1')
  const optional = (name: string) => {
    try {
      return library.func(name, 'int', ['void *', 'int'])
    } catch {
      return null
    }
  }
  return {
    cuInit: library.func('cuInit', 'int', ['uint']),
    cuDeviceGetCount: library.func('cuDeviceGetCount', 'int', ['_Out_ int *']),
    cuDeviceGet: library.func('cuDeviceGet', 'int', ['_Out_ int *', 'int']),
    cuDeviceGetName: library.func('cuDeviceGetName', 'int', ['void *', 'int', 'int']),
    cuDeviceTotalMem_v2: library.func('cuDeviceTotalMem_v2', 'int', ['void *', 'int']),
    cuDeviceGetAttribute: library.func('cuDeviceGetAttribute', 'int', ['_Out_ int *', 'int', 'int']),
    cuDeviceGetUuid: optional('cuDeviceGetUuid'),
    cuDeviceGetUuid_v2: optional('cuDeviceGetUuid_v2'),
  }
}
