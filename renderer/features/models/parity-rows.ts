// What parity was judged by, a row a measure: the figure, its limit, and how far it is from perfect.
import type { ParityFigures } from '../../../shared/domain/parity.ts'
import { countText } from '../../../shared/report/figure-text.ts'
import { percent } from '../../format/number.ts'
import { cosineText, type Tolerance } from './parity-summary.ts'

export interface ParityRow {
  readonly name: string
  readonly value: string
  /** `≥ 0.999`; empty where nothing judges it. */
  readonly limitText: string
  readonly distance: number
  readonly limit: number | null
  readonly perfectLeft: boolean
}

export function parityRows(figures: ParityFigures, tolerance: Tolerance | null): ParityRow[] {
  const { cosineSimilarity, maxAbsError, meanAbsError, nonFiniteCount, imageCount, detection, accuracy } = figures
  const rows: (ParityRow | null)[] = [
    cosineSimilarity === null
      ? null
      : {
          name: 'Cosine, lowest',
          value: cosineText(cosineSimilarity),
          limitText: tolerance ? `≥ ${tolerance.cosinePass}` : '',
          distance: 1 - cosineSimilarity,
          limit: tolerance ? 1 - tolerance.cosinePass : null,
          perfectLeft: false,
        },
    errorRow('Max abs', maxAbsError, tolerance?.maxAbsPass ?? null),
    errorRow('Mean abs', meanAbsError, null),
    errorRow('Max rel', figures.maxRelError ?? null, null),
    shareRow('Top-1 same', figures.top1Agreement, imageCount),
    shareRow('Neighbours', figures.neighbourAgreement ?? null, imageCount),
    shareRow('Boxes matched', detection?.matchedShare ?? null, detection?.referenceBoxCount ?? 0),
    shareRow('Box IoU, mean', detection?.meanIou ?? null, null),
    shareRow('mAP of the two', detection?.meanAveragePrecision ?? null, null),
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

/** With a count, as `64/64`; without one, as a number from 0 to 1. */
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
