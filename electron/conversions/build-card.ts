// The card that an engine is built on: the same for its key, its builder, its parity and its record.
import type { Artifact } from '../../shared/domain/artifact.ts'
import { isBuiltOnGpu } from '../../shared/domain/backend.ts'
import { gpuOf, visibleGpu } from '../../shared/domain/device.ts'
import type { Gpu } from '../../shared/domain/fingerprint.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'

export interface BuildCard {
  /** Null without a GPU, and for targets that are not built on one. */
  readonly card: Gpu | null
  /** What the CUDA_VISIBLE_DEVICES of its workers must be; null to leave it. */
  readonly visibleGpu: string | null
  /** Part of an engine's key. */
  readonly identity: string
}

/** @param gpus in CUDA's order. */
export function buildCardOf({ to, device = 'cuda' }: Pick<Recipe, 'to' | 'device'>, gpus: readonly Gpu[]): BuildCard {
  if (!isBuiltOnGpu(to)) return { card: null, visibleGpu: null, identity: identityOf(gpus) }
  const card = gpuOf(device, gpus)
  return {
    card,
    visibleGpu: visibleGpu(device, gpus),
    identity: card === null ? identityOf(gpus) : cardIdentity(card, gpus),
  }
}

export function cardInRecord({ card }: BuildCard): Pick<Artifact, 'card'> {
  return card === null ? {} : { card: { name: card.name, uuid: card.uuid ?? null } }
}

/** A machine with one card keeps the identity that engines had before cards could be chosen. */
function cardIdentity(card: Gpu, gpus: readonly Gpu[]): string {
  if (gpus.length === 1) return identityOf(gpus)
  const { name, memoryBytes, driver, uuid = null } = card
  return JSON.stringify({ name, memoryBytes, driver, uuid, place: uuid === null ? gpus.indexOf(card) : null })
}

/** An engine is bound to GPUs and their driver, not to their settings. */
function identityOf(gpus: readonly Gpu[]): string {
  return JSON.stringify(gpus.map(({ name, memoryBytes, driver }) => ({ name, memoryBytes, driver })))
}
