// A machine's cards as a choice.
import { deviceOfCard } from '../../shared/domain/device.ts'
import type { Gpu } from '../../shared/domain/fingerprint.ts'

/** One segment for each card, in CUDA's order, by its name. */
export function cardSegments(gpus: readonly Gpu[]) {
  return gpus.map(({ name, uuid }, index) => ({
    value: deviceOfCard(index),
    label: `${index} · ${name.replace(/^NVIDIA (GeForce )?/, '')}`,
    title: [`cuda:${index}`, name, ...(uuid ? [uuid] : [])].join(', '),
  }))
}
