// Layers by what INT8 costs them: the largest loss first. A layer that could not be judged comes last.
import type { LayerSensitivity } from '../../../shared/domain/artifact.ts'

export function bySensitivity(layers: readonly LayerSensitivity[]): LayerSensitivity[] {
  return [...layers].sort((a, b) => lossOf(b) - lossOf(a) || (b.maxAbsError ?? -1) - (a.maxAbsError ?? -1))
}

/** 1 − cosine; −1 where it is not known. */
export function lossOf({ cosineSimilarity }: LayerSensitivity): number {
  return cosineSimilarity === null ? -1 : 1 - cosineSimilarity
}

/** Names of the worst that lose anything at all. */
export function worstLayers(layers: readonly LayerSensitivity[], count: number): string[] {
  return bySensitivity(layers)
    .filter((layer) => lossOf(layer) > 0)
    .slice(0, count)
    .map(({ name }) => name)
}
