// The narrow seam to NVIDIA's management library: one GPU, one reading per method, in the library's own units. Every
// reading is a value or the reason why there is none; nothing throws. Tests use a fake here.
import koffi from 'koffi'

export type NvmlReading<Value> =
  | { readonly value: Value; readonly reason: null }
  /** `isLost`: the driver no longer reaches the GPU (it fell off the bus, or waits for a reset). */
  | { readonly value: null; readonly reason: string; readonly isLost?: boolean }

interface NvmlProcess {
  readonly pid: number
  /** GPU memory it holds; null if the driver does not report it (some systems manage it themselves). */
  readonly usedBytes: number | null
}

export interface NvmlGpu {
  readonly name: string
  smClockMhz(): NvmlReading<number>
  memoryClockMhz(): NvmlReading<number>
  powerMilliwatts(): NvmlReading<number>
  temperatureCelsius(): NvmlReading<number>
  /** The threshold at which the GPU slows itself. Constant. */
  slowdownCelsius(): NvmlReading<number>
  memoryUsedBytes(): NvmlReading<number>
  utilizationPercent(): NvmlReading<number>
  clockReasonBits(): NvmlReading<bigint>
  computeProcesses(): NvmlReading<readonly NvmlProcess[]>
  /** Since the driver was loaded. Reading it takes milliseconds; the others take microseconds. */
  energyMillijoules(): NvmlReading<number>
  close(): void
}

/** Opens the GPU that a run on `cuda` uses, or says why there is none to read. */
export type OpenNvml = () => NvmlGpu | { readonly absent: string }

// NVML through its shared library. Loaded only when a sampling process starts: many machines have no driver. A symbol
// missing in a driver makes only that reading unavailable. NVML counts GPUs by PCI address and CUDA the fastest first, so
// the GPU is opened by its UUID, which both know; by number only if the driver tells CUDA no UUID, or has one GPU.

const success = 0
const insufficientSize = 7
/** NVML_ERROR_GPU_IS_LOST, NVML_ERROR_RESET_REQUIRED: the GPU answers no process any more. */
const lost: ReadonlySet<number> = new Set([15, 16])
const notFound = 'the driver has no such reading'
/** Values of NVML's enumerations. */
const smClock = 1
const memoryClock = 2
const gpuSensor = 0
const slowdownThreshold = 1
/** nvmlProcessInfo_t: pid at 0, memory at 8, two instance ids at 16 and 20. */
const processInfoBytes = 24
const mostProcesses = 128
/** NVML_VALUE_NOT_AVAILABLE: all bits set. */
const memoryNotTold = 0xffff_ffff_ffff_ffffn

type Call = (...parameters: unknown[]) => number

/** @param visibleDevices the UUID of a card or a MIG instance, or a value of CUDA_VISIBLE_DEVICES. */
export const openNvmlLibrary = (
  file: string = process.platform === 'win32' ? 'nvml.dll' : 'libnvidia-ml.so.1',
  visibleDevices: string | undefined = process.env.CUDA_VISIBLE_DEVICES,
): ReturnType<OpenNvml> => {
  try {
    return openGpu(file, visibleDevices)
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    return { absent: `NVIDIA's management library cannot be loaded here: ${cause}.` }
  }
}

function openGpu(file: string, visible: string | undefined): NvmlGpu | { readonly absent: string } {
  const library = koffi.load(file)
  const bind = (name: string, types: string[]): Call | null => {
    try {
      return library.func(name, 'int', types)
    } catch {
      return null
    }
  }
  const errorText = library.func('nvmlErrorString', 'str', ['int'])
  const reasonOf = (status: number) => String(errorText(status)).toLowerCase()
  const initialise = bind('nvmlInit_v2', [])
  const started = initialise === null ? 'the library is too old' : textOf(initialise(), reasonOf)
  if (started !== null) return { absent: `NVIDIA's management library does not start: ${started}.` }
  const close = bind('nvmlShutdown', []) ?? (() => success)
  const found = deviceOf(bind, visible)
  if ('status' in found) {
    close()
    return { absent: `The GPU cannot be opened: ${found.status === null ? notFound : reasonOf(found.status)}.` }
  }
  return gpuOf(found.device, bind, reasonOf, () => void close())
}

function textOf(status: number, reasonOf: (status: number) => string): string | null {
  return status === success ? null : reasonOf(status)
}

type Bind = (name: string, types: string[]) => Call | null

function deviceOf(
  bind: Bind,
  visible: string | undefined,
): { readonly device: unknown } | { readonly status: number | null } {
  const first = visible?.split(',')[0]?.trim() ?? ''
  const device: [unknown] = [null]
  const byName = /^(GPU|MIG)-/.test(first)
  const open = byName
    ? bind('nvmlDeviceGetHandleByUUID', ['str', '_Out_ void **'])
    : bind('nvmlDeviceGetHandleByIndex_v2', ['uint', '_Out_ void **'])
  if (open === null) return { status: null }
  const status = open(byName ? first : /^\d+$/.test(first) ? Number(first) : 0, device)
  return status === success ? { device: device[0] } : { status }
}

function gpuOf(device: unknown, bind: Bind, reasonOf: (status: number) => string, close: () => void): NvmlGpu {
  /** A reading that fills `bytes` bytes, passed after its input parameters. */
  const reading = <Value>(
    names: readonly string[],
    parameters: readonly number[],
    bytes: number,
    decode: (answer: Buffer) => Value,
  ): (() => NvmlReading<Value>) => {
    const types = ['void *', ...parameters.map(() => 'uint'), 'void *']
    const call = names.map((name) => bind(name, types)).find((found) => found !== null) ?? null
    const answer = Buffer.alloc(bytes)
    return () => {
      if (call === null) return { value: null, reason: notFound }
      const status = call(device, ...parameters, answer)
      return status === success ? { value: decode(answer), reason: null } : notRead(status, reasonOf)
    }
  }
  const first32 = (answer: Buffer) => answer.readUInt32LE(0)
  const first64 = (answer: Buffer) => Number(answer.readBigUInt64LE(0))
  return {
    name: nameOf(device, bind),
    smClockMhz: reading(['nvmlDeviceGetClockInfo'], [smClock], 4, first32),
    memoryClockMhz: reading(['nvmlDeviceGetClockInfo'], [memoryClock], 4, first32),
    powerMilliwatts: reading(['nvmlDeviceGetPowerUsage'], [], 4, first32),
    temperatureCelsius: reading(['nvmlDeviceGetTemperature'], [gpuSensor], 4, first32),
    slowdownCelsius: reading(['nvmlDeviceGetTemperatureThreshold'], [slowdownThreshold], 4, first32),
    // total, free, used
    memoryUsedBytes: reading(['nvmlDeviceGetMemoryInfo'], [], 24, (answer) => Number(answer.readBigUInt64LE(16))),
    utilizationPercent: reading(['nvmlDeviceGetUtilizationRates'], [], 8, first32),
    clockReasonBits: reading(
      ['nvmlDeviceGetCurrentClocksEventReasons', 'nvmlDeviceGetCurrentClocksThrottleReasons'],
      [],
      8,
      (answer) => answer.readBigUInt64LE(0),
    ),
    computeProcesses: processesOf(device, bind, reasonOf),
    energyMillijoules: reading(['nvmlDeviceGetTotalEnergyConsumption'], [], 8, first64),
    close,
  }
}

function notRead(status: number, reasonOf: (status: number) => string): NvmlReading<never> {
  return { value: null, reason: reasonOf(status), ...(lost.has(status) && { isLost: true }) }
}

function nameOf(device: unknown, bind: Bind): string {
  const answer = Buffer.alloc(96)
  const status = bind('nvmlDeviceGetName', ['void *', 'void *', 'uint'])?.(device, answer, answer.length)
  return status === success ? answer.toString('utf8', 0, answer.indexOf(0)) : 'NVIDIA GPU'
}

function processesOf(
  device: unknown,
  bind: Bind,
  reasonOf: (status: number) => string,
): () => NvmlReading<readonly NvmlProcess[]> {
  const call = bind('nvmlDeviceGetComputeRunningProcesses_v3', ['void *', 'void *', 'void *'])
  const count = Buffer.alloc(4)
  const answer = Buffer.alloc(processInfoBytes * mostProcesses)
  return () => {
    if (call === null) return { value: null, reason: notFound }
    count.writeUInt32LE(mostProcesses)
    const status = call(device, count, answer)
    if (status !== success && status !== insufficientSize) return notRead(status, reasonOf)
    const told = Math.min(count.readUInt32LE(0), mostProcesses)
    const processes = Array.from({ length: told }, (_, index) => processAt(answer, index * processInfoBytes))
    return { value: processes, reason: null }
  }
}

function processAt(answer: Buffer, offset: number): NvmlProcess {
  const usedBytes = answer.readBigUInt64LE(offset + 8)
  return { pid: answer.readUInt32LE(offset), usedBytes: usedBytes === memoryNotTold ? null : Number(usedBytes) }
}
