// An artifact's parity in one line: the worst of its batch sizes, and the limit that it was held against.
import type { Artifact } from '../../../shared/domain/artifact.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { ParityFigures } from '../../../shared/domain/parity.ts'
import { countText } from '../../../shared/report/figure-text.ts'

export type Tolerance = NonNullable<ModelManifest['parityTolerance'][Artifact['precision']]>

export function toleranceOf(manifest: ModelManifest | null, artifact: Artifact): Tolerance | null {
  return manifest?.parityTolerance[artifact.precision] ?? null
}

/** Null where nothing was compared. */
export function worstFigures({ parity }: Artifact): ParityFigures | null {
  const all = parity.byBatchSize.map(({ figures }) => figures)
  if (all.length === 0) return null
  const lowest = (of: (figures: ParityFigures) => number | null | undefined) => extreme(all, of, Math.min)
  const highest = (of: (figures: ParityFigures) => number | null | undefined) => extreme(all, of, Math.max)
  const least = [...all].sort((a, b) => (a.cosineSimilarity ?? 0) - (b.cosineSimilarity ?? 0))[0]
  return {
    cosineSimilarity: lowest(({ cosineSimilarity }) => cosineSimilarity),
    maxAbsError: highest(({ maxAbsError }) => maxAbsError),
    meanAbsError: highest(({ meanAbsError }) => meanAbsError),
    nonFiniteCount: Math.max(...all.map(({ nonFiniteCount }) => nonFiniteCount)),
    top1Agreement: lowest(({ top1Agreement }) => top1Agreement),
    imageCount: Math.max(...all.map(({ imageCount }) => imageCount)),
    maxRelError: highest(({ maxRelError }) => maxRelError),
    neighbourAgreement: lowest(({ neighbourAgreement }) => neighbourAgreement),
    detection: least?.detection ?? null,
    accuracy: least?.accuracy ?? null,
  }
}

function extreme(
  all: readonly ParityFigures[],
  of: (figures: ParityFigures) => number | null | undefined,
  choose: (...values: number[]) => number,
): number | null {
  const known = all.map(of).filter((value) => value != null)
  return known.length === 0 ? null : choose(...known)
}

/** Beside the verdict: `0.99991`, `0.9617, needs 0.99`, `12 NaN or Inf`. */
export function parityFigure(artifact: Artifact, tolerance: Tolerance | null): string {
  const figures = worstFigures(artifact)
  if (figures === null) return ''
  if (figures.nonFiniteCount > 0) {
    return `${countText(figures.nonFiniteCount)} NaN or Inf`
  }
  const cosine = figures.cosineSimilarity
  if (cosine === null) return ''
  const needs =
    tolerance &&
    cosine < tolerance.cosinePass &&
    (artifact.parity.verdict === 'fail' || artifact.parity.verdict === 'warn')
  return needs ? `${cosineText(cosine)}, needs ${tolerance.cosinePass}` : cosineText(cosine)
}

/** As many nines as tell it from one, four decimals at least. */
export function cosineText(cosine: number): string {
  const nines = cosine < 1 ? Math.floor(-Math.log10(1 - cosine)) : 4
  return cosine.toFixed(Math.min(7, Math.max(4, nines + 1)))
}
