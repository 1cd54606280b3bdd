// Agreement with FP32, measure by measure, each on its own logarithmic line with its limit.

import type { Artifact } from '../../../shared/domain/artifact.ts'
import { mainReaderOf } from '../../../shared/domain/backend.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { ParityFigures } from '../../../shared/domain/parity.ts'
import { countText } from '../../../shared/report/figure-text.ts'
import { scaleDistance, worseErrors } from '../../../shared/statistics/output-errors.ts'
import { parityLimits } from '../../../shared/statistics/parity.ts'
import { ToleranceGauge } from '../../charts/artifact-charts.tsx'
import { backendColour } from '../../components/backend-mark.tsx'
import { Verdict } from '../../components/glyph.tsx'
import { percent } from '../../format/quantity.ts'

interface ParityPanelProps {
  readonly artifact: Artifact
  readonly manifest: ModelManifest | null
}

export function ParityPanel({ artifact, manifest }: ParityPanelProps) {
  const figures = worstFigures(artifact)
  const { verdict, reason, byBatchSize } = artifact.parity
  const batches = byBatchSize.map(({ batchSize }) => batchSize).join(', ')
  return (
    <section className="inspector-section" aria-label="Parity">
      <div className="panel-head">
        <h2>
          Parity{' '}
          {figures && (
            <small>
              {figures.imageCount} images, batch {batches}
            </small>
          )}
        </h2>
        <span className="grow" />
        <Verdict verdict={verdict} />
      </div>
      {figures && (
        <dl className="tolerances small">
          {parityRows(figures, toleranceOf(manifest, artifact)).map((row) => (
            <div key={row.name} className="tolerance">
              <dt>{row.name}</dt>
              <dd>
                <ToleranceGauge {...row} colour={backendColour(mainReaderOf(artifact.kind))} />
                <b className="number">{row.value}</b>
                <span className="faint number">{row.limitText}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <p className="micro quiet parity-reason">{reason}</p>
    </section>
  )
}

/** The parity measures, one row each: the figure, its limit, and its distance from perfect. */
interface ParityRow {
  readonly name: string
  readonly value: string
  /** `≥ 0.999`; empty if there is no limit. */
  readonly limitText: string
  readonly distance: number
  readonly limit: number | null
  readonly perfectLeft: boolean
}

function parityRows(figures: ParityFigures, tolerance: Tolerance | null): ParityRow[] {
  const { cosineSimilarity, maxAbsError, meanAbsError, nonFiniteCount, imageCount, detection, accuracy } = figures
  const limits = tolerance ? parityLimits(tolerance) : null
  const rows: (ParityRow | null)[] = [
    cosineSimilarity === null
      ? null
      : {
          name: 'Lowest cosine',
          value: cosineText(cosineSimilarity),
          limitText: tolerance ? `≥ ${tolerance.cosinePass}` : '',
          distance: 1 - cosineSimilarity,
          limit: tolerance ? 1 - tolerance.cosinePass : null,
          perfectLeft: false,
        },
    shareOfRow('Values off by', figures.errors?.relativeError, limits?.values.pass),
    shareOfRow('Scale off by', scaleError(figures), limits?.scale.pass),
    shareOfRow('Between images', figures.errors?.variationError, limits?.variation.pass),
    shareRow('Whole numbers equal', figures.errors?.equalShare ?? null, null),
    errorRow('Max abs', maxAbsError, tolerance?.maxAbsPass ?? null),
    errorRow('Mean abs', meanAbsError, null),
    errorRow('Max rel', figures.maxRelError ?? null, null),
    shareRow('Same top-1', figures.top1Agreement, imageCount),
    shareRow('Same top-5', figures.top5Agreement ?? null, null),
    shareRow('Neighbours', figures.neighbourAgreement ?? null, imageCount),
    shareRow('Boxes matched', detection?.matchedShare ?? null, detection?.referenceBoxCount ?? 0),
    shareRow('Mean box IoU', detection?.meanIou ?? null, null),
    shareRow('mAP against FP32', detection?.meanAveragePrecision ?? null, null),
    accuracy
      ? {
          name: 'Accuracy',
          value: percent(accuracy.candidate, 2),
          limitText: `FP32 ${percent(accuracy.reference, 2)}`,
          distance: 1 - accuracy.candidate,
          limit: 1 - accuracy.reference,
          perfectLeft: false,
        }
      : null,
    {
      name: 'NaN or Inf',
      value: countText(nonFiniteCount),
      limitText: '= 0',
      distance: nonFiniteCount,
      limit: 1e-6,
      perfectLeft: true,
    },
  ]
  return rows.filter((row) => row !== null)
}

function errorRow(name: string, error: number | null, limit: number | null): ParityRow | null {
  if (error === null) return null
  const limitText = limit === null ? '' : `≤ ${shortNumber(limit)}`
  return { name, value: shortNumber(error), limitText, distance: error, limit, perfectLeft: true }
}

/** An error as a share of its reference: `0.12 %`. */
function shareOfRow(name: string, error: number | null | undefined, limit: number | undefined): ParityRow | null {
  if (error == null) return null
  const limitText = limit === undefined ? '' : `≤ ${percent(limit, 2)}`
  return { name, value: percent(error, 2), limitText, distance: error, limit: limit ?? null, perfectLeft: true }
}

function scaleError({ errors }: ParityFigures): number | null {
  return errors?.scale == null ? null : scaleDistance(errors.scale)
}

/** With a count, e.g. `64/64`; without one, a number from 0 to 1. */
function shareRow(name: string, share: number | null, count: number | null): ParityRow | null {
  if (share === null) return null
  const value = count === null ? share.toFixed(3) : `${countText(Math.round(share * count))}/${countText(count)}`
  return { name, value, limitText: '', distance: 1 - share, limit: null, perfectLeft: false }
}

/** `3.1e-3`, `0.25`, `0`. */
function shortNumber(value: number): string {
  if (value === 0) return '0'
  return Math.abs(value) < 0.01 ? value.toExponential(1) : Number(value.toPrecision(3)).toString()
}

/** An artifact's parity in one line: the worst of its batch sizes, and the limit it was compared with. */
type Tolerance = NonNullable<ModelManifest['parityTolerance'][Artifact['precision']]>

export function toleranceOf(manifest: ModelManifest | null, artifact: Artifact): Tolerance | null {
  return manifest?.parityTolerance[artifact.precision] ?? null
}

/** Null if nothing was compared. */
export function worstFigures({ parity }: Artifact): ParityFigures | null {
  const all = parity.byBatchSize.map(({ figures }) => figures)
  if (all.length === 0) return null
  const lowest = (of: (figures: ParityFigures) => number | null | undefined) => extreme(all, of, Math.min)
  const highest = (of: (figures: ParityFigures) => number | null | undefined) => extreme(all, of, Math.max)
  const top5Agreement = lowest((figures) => figures.top5Agreement)
  const least = [...all].sort((a, b) => (a.cosineSimilarity ?? 0) - (b.cosineSimilarity ?? 0))[0]
  return {
    cosineSimilarity: lowest(({ cosineSimilarity }) => cosineSimilarity),
    maxAbsError: highest(({ maxAbsError }) => maxAbsError),
    meanAbsError: highest(({ meanAbsError }) => meanAbsError),
    nonFiniteCount: Math.max(...all.map(({ nonFiniteCount }) => nonFiniteCount)),
    top1Agreement: lowest(({ top1Agreement }) => top1Agreement),
    ...(top5Agreement !== null && { top5Agreement }),
    imageCount: Math.max(...all.map(({ imageCount }) => imageCount)),
    maxRelError: highest(({ maxRelError }) => maxRelError),
    ...worstErrors(all),
    neighbourAgreement: lowest(({ neighbourAgreement }) => neighbourAgreement),
    detection: least?.detection ?? null,
    accuracy: least?.accuracy ?? null,
  }
}

function worstErrors(all: readonly ParityFigures[]): Pick<ParityFigures, 'errors'> {
  const errors = all.flatMap((figures) => figures.errors ?? [])
  return errors.length === 0 ? {} : { errors: errors.reduce(worseErrors) }
}

function extreme(
  all: readonly ParityFigures[],
  of: (figures: ParityFigures) => number | null | undefined,
  choose: (...values: number[]) => number,
): number | null {
  const known = all.map(of).filter((value) => value != null)
  return known.length === 0 ? null : choose(...known)
}

/** Shown next to the verdict: `0.99991`, `0.9617, needs 0.99`, `12 NaN or Inf`. */
export function parityFigure(artifact: Artifact, tolerance: Tolerance | null): string {
  const figures = worstFigures(artifact)
  if (figures === null) return ''
  if (figures.nonFiniteCount > 0) {
    return `${countText(figures.nonFiniteCount)} NaN or Inf`
  }
  const { verdict, decidedBy } = artifact.parity
  if (decidedBy !== undefined && !decidedBy.startsWith('cosine') && (verdict === 'fail' || verdict === 'warn')) {
    return decidedBy
  }
  const cosine = figures.cosineSimilarity
  if (cosine === null) return ''
  const needs =
    tolerance &&
    cosine < tolerance.cosinePass &&
    (artifact.parity.verdict === 'fail' || artifact.parity.verdict === 'warn')
  return needs ? `${cosineText(cosine)}, needs ${tolerance.cosinePass}` : cosineText(cosine)
}

/** Enough nines to distinguish it from 1, at least four decimals. */
export function cosineText(cosine: number): string {
  const nines = cosine < 1 ? Math.floor(-Math.log10(1 - cosine)) : 4
  return cosine.toFixed(Math.min(7, Math.max(4, nines + 1)))
}
