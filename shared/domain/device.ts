// Where a plan computes: `cpu`; `cuda`, CUDA's device 0; `cuda:1`, counted in CUDA's order as a machine lists its GPUs;
// or the UUID of a card or of a MIG instance. Workers see one GPU only, so to them it is `cpu` or `cuda`.
import { z } from 'zod'
import type { Gpu } from './fingerprint.ts'

const deviceName = /^(cpu|cuda|cuda:\d{1,3}|(GPU|MIG)-[0-9A-Za-z/-]+)$/

export const deviceSchema = z.string().regex(deviceName, 'Choose cpu, cuda, cuda:1, or the UUID of a GPU.')
export type Device = z.infer<typeof deviceSchema>

export const workerDeviceSchema = z.enum(['cpu', 'cuda'])
export type DeviceKind = z.infer<typeof workerDeviceSchema>

/** The only place that tells a GPU from a CPU by the device's name. */
export function deviceKindOf(device: Device): DeviceKind {
  return device === 'cpu' ? 'cpu' : 'cuda'
}

/**
 * The card that a device names; null on a CPU, and if the machine has none of that name.
 * @param gpus in CUDA's order.
 */
export function gpuOf(device: Device, gpus: readonly Gpu[]): Gpu | null {
  if (deviceKindOf(device) === 'cpu') return null
  const byNumber = gpuNumberOf(device)
  return (byNumber === null ? gpus.find(({ uuid }) => uuid === device) : gpus[byNumber]) ?? null
}

/** `cuda` is 0; null for a UUID. */
function gpuNumberOf(device: Device): number | null {
  const [, number = '0'] = /^cuda(?::(\d+))?$/.exec(device) ?? []
  return device.startsWith('cuda') ? Number(number) : null
}

/**
 * What a worker's CUDA_VISIBLE_DEVICES must be, so that CUDA, NVML and the screen mean the same card; null to leave it
 * as it is: on a CPU, or if the driver tells no UUIDs and the first card is meant.
 * @param gpus in CUDA's order.
 */
export function visibleGpu(device: Device, gpus: readonly Gpu[]): string | null {
  if (deviceKindOf(device) === 'cpu') return null
  const uuid = gpuOf(device, gpus)?.uuid ?? null
  if (uuid !== null) return uuid
  const number = gpuNumberOf(device)
  if (number === null) return device
  return number === 0 ? null : String(number)
}

/** How a plan names a card by its place in CUDA's order; the first is `cuda`. */
export function deviceOfCard(index: number): Device {
  return index === 0 ? 'cuda' : `cuda:${index}`
}

/** `cpu`, or `cuda:1 (NVIDIA A100, GPU-…)`, for people. */
export function deviceWords(device: Device, gpus: readonly Gpu[]): string {
  const gpu = gpuOf(device, gpus)
  return gpu === null ? device : `${device} (${gpu.name}${gpu.uuid ? `, ${gpu.uuid}` : ''})`
}

/** Part of keys and file names: `cuda`, `cuda1`, `gpu-5f3a7c1e`. */
export function deviceKey(device: Device): string {
  const [, kind, start] = /^(GPU|MIG)-([0-9A-Za-z]+)/.exec(device) ?? []
  return kind === undefined ? device.replace(':', '') : `${kind}-${start}`.toLowerCase()
}
