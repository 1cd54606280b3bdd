// Whether this machine has the card that a device names.
import type { BenchErrorRecord } from '../domain/bench-error.ts'
import { type Device, gpuOf } from '../domain/device.ts'
import type { Gpu } from '../domain/fingerprint.ts'
import { planRefusal } from './plan-refusal.ts'

/**
 * Null if it has; `cpu` and `cuda` are left to the backends, which say what they lack.
 * @param gpus in CUDA's order.
 * @param orCpu whether the CPU would do as well.
 */
export function deviceRefusal(device: Device, gpus: readonly Gpu[], orCpu = true): BenchErrorRecord | null {
  if (device === 'cpu' || device === 'cuda' || gpuOf(device, gpus) !== null) return null
  const listed = gpus.map(({ name, uuid }, index) => `cuda:${index} (${name}${uuid ? `, ${uuid}` : ''})`)
  const message = `This machine has no GPU ${device}.`
  return planRefusal(
    'backend-unavailable',
    message,
    listed.length === 0
      ? `${orCpu ? 'Use the CPU' : 'Use a machine that has one'}: no NVIDIA GPU was found.`
      : `Choose from: ${[...(orCpu ? ['cpu'] : []), ...listed].join(', ')}.`,
  )
}
