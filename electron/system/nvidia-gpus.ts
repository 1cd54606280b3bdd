// NVIDIA's GPUs and their settings, as the driver lists them; an empty list without a driver. Never throws. Asks only
// for what lasts longer than a minute: no current clock, load or free memory.
import { execa } from 'execa'
import type { Gpu } from '../../shared/domain/fingerprint.ts'
import { cleanedEnvironment } from './process-environment.ts'

const bytesPerMebibyte = 1024 * 1024

/** Fields every driver supports. A driver that does not support one field refuses the whole query. */
const basicFields = ['name', 'memory.total', 'driver_version']
const allFields = [
  ...basicFields,
  'uuid',
  'compute_cap',
  'power.limit',
  'clocks.max.sm',
  'clocks.max.memory',
  'persistence_mode',
  'mig.mode.current',
  'ecc.mode.current',
  'display_active',
]

/** What CUDA tells about a device; in CUDA's order. */
export type CudaGpu = Pick<Gpu, 'name'> & {
  readonly uuid: string | null
  readonly computeCapability: string
  readonly memoryBytes: number
}

/**
 * The driver's list in CUDA's order, so that `cuda:1` is the second of it: what CUDA sees first, then what it does not
 * see. A MIG instance, which only CUDA lists, takes the settings that it shares with its board as unknown.
 */
export function inCudaOrder(gpus: readonly Gpu[], seen: readonly CudaGpu[]): Gpu[] {
  const listed = new Map(gpus.map((gpu) => [gpu.uuid, gpu]))
  if (seen.length === 0 || seen.some(({ uuid }) => uuid === null)) return [...gpus]
  const own = seen.map((device) => listed.get(device.uuid) ?? { ...device, driver: gpus[0]?.driver ?? null })
  return [...own, ...gpus.filter(({ uuid }) => !seen.some((device) => device.uuid === uuid))]
}

/** Whether the driver's order may differ from CUDA's. */
export function needsCudaOrder(gpus: readonly Gpu[], visibleDevices: string | undefined): boolean {
  return gpus.length > 1 || gpus.some(({ migMode }) => migMode === true) || (visibleDevices ?? '') !== ''
}

export async function readNvidiaGpus(): Promise<Gpu[]> {
  const [all, versions] = await Promise.all([query(allFields), answerOf(['--version'])])
  const list = all ?? (await query(basicFields)) ?? ''
  return parseGpuList(list, parseDriverCudaVersion(versions ?? ''))
}

function query(fields: readonly string[]): Promise<string | null> {
  return answerOf([`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits'])
}

async function answerOf(parameters: readonly string[]): Promise<string | null> {
  const env = cleanedEnvironment()
  const options = { reject: false, timeout: 5000, stdin: 'ignore', env, extendEnv: false } as const
  const answer = await execa('nvidia-smi', parameters, options)
  return answer.failed ? null : answer.stdout
}

/** Newer drivers distinguish their user-mode part from the kernel's: `CUDA UMD Version`. */
export function parseDriverCudaVersion(text: string): string | null {
  return /\bCUDA (?:UMD )?version *: *(\d+\.\d+)/i.exec(text)?.[1] ?? null
}

/** Lines of the queried fields; an unsupported one reads `[N/A]`, `[Not Supported]` or similar. */
export function parseGpuList(text: string, driverCudaVersion: string | null): Gpu[] {
  return text
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter(([name]) => name)
    .map((fields) => gpuOf(fields, driverCudaVersion))
}

function gpuOf(fields: readonly string[], driverCudaVersion: string | null): Gpu {
  const [name = '', memory, driver, uuid, capability, power, smClock, memoryClock, persistence, mig, ecc, display] =
    fields
  const mebibytes = amountOf(memory)
  return {
    name,
    memoryBytes: mebibytes === null ? null : mebibytes * bytesPerMebibyte,
    driver: textOf(driver, /^[\d.]+$/),
    uuid: textOf(uuid, /^GPU-\S+$/),
    computeCapability: textOf(capability, /^\d+\.\d+$/),
    powerLimitWatts: amountOf(power),
    maxSmClockMhz: amountOf(smClock),
    maxMemoryClockMhz: amountOf(memoryClock),
    persistenceMode: switchOf(persistence),
    migMode: switchOf(mig),
    eccMode: switchOf(ecc),
    driverCudaVersion,
    displayActive: switchOf(display),
  }
}

function textOf(field: string | undefined, pattern: RegExp): string | null {
  return field !== undefined && pattern.test(field) ? field : null
}

function amountOf(field: string | undefined): number | null {
  const text = textOf(field, /^\d+(\.\d+)?$/)
  return text === null ? null : Number(text)
}

function switchOf(field: string | undefined): boolean | null {
  if (field === 'Enabled' || field === 'Yes') return true
  return field === 'Disabled' || field === 'No' ? false : null
}
