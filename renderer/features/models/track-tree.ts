// Rows in the order in which they branch, with what each draws and how it hangs on the rows above: a step that a row
// shares with the one above is drawn once, and a branch leads to it.
import type { Precision } from '../../../shared/domain/precision.ts'
import { precisionSchema } from '../../../shared/domain/precision.ts'
import { conversionTargetSchema } from '../../../shared/domain/recipe.ts'
import type { TrackRow } from './track-rows.ts'

/** `across`: a line to the next step; `fork`: that, and down; `down`: past this row; `branch`, `corner`: from above. */
export type Link = 'none' | 'across' | 'fork' | 'down' | 'branch' | 'corner'

export interface BranchedRow {
  readonly row: TrackRow
  readonly drawsSource: boolean
  readonly drawsOnnx: boolean
  readonly drawsPrecision: boolean
  readonly fromSource: Link
  readonly fromOnnx: Link
  readonly fromPrecision: Link
}

const precisionOrder: readonly Precision[] = precisionSchema.options
const targetOrder: readonly string[] = conversionTargetSchema.options

export function branched(rows: readonly TrackRow[]): BranchedRow[] {
  const ids = rows.map((row) => ({ row, onnxId: onnxIdOf(row), precisionId: precisionIdOf(row) }))
  ids.sort(
    (a, b) =>
      order(a.row, b.row, ({ onnx }) => onnx?.createdAt ?? '~') ||
      a.onnxId.localeCompare(b.onnxId) ||
      precisionOrder.indexOf(a.row.precision) - precisionOrder.indexOf(b.row.precision) ||
      a.precisionId.localeCompare(b.precisionId) ||
      targetOrder.indexOf(a.row.target) - targetOrder.indexOf(b.row.target),
  )
  const onnxLinks = links(
    ids.map(() => 'source'),
    ids.map(({ onnxId }) => onnxId),
  )
  const precisionLinks = links(
    ids.map(({ onnxId }) => onnxId),
    ids.map(({ onnxId, precisionId }) => `${onnxId} ${precisionId}`),
  )
  const engineLinks = links(
    ids.map(({ onnxId, precisionId }) => `${onnxId} ${precisionId}`),
    ids.map(({ row }) => row.key),
  )
  return ids.map(({ row }, index) => ({
    row,
    drawsSource: index === 0,
    drawsOnnx: isFirst(onnxLinks[index]),
    drawsPrecision: isFirst(precisionLinks[index]),
    fromSource: onnxLinks[index] ?? 'none',
    fromOnnx: precisionLinks[index] ?? 'none',
    fromPrecision: engineLinks[index] ?? 'none',
  }))
}

function order(a: TrackRow, b: TrackRow, of: (row: TrackRow) => string): number {
  return of(a).localeCompare(of(b))
}

function onnxIdOf({ onnx, conversion }: TrackRow): string {
  return onnx?.sha256 ?? `opset ${conversion?.recipe.opset ?? ''}`
}

/** FP32 and TF32 differ in the engine alone; where the file is not made yet, the recipe's own words tell. */
function precisionIdOf({ precision, transformed, conversion, key }: TrackRow): string {
  if (precision === 'fp32' || precision === 'tf32') return precision
  return transformed?.sha256 ?? (conversion ? `${precision} ${conversion.recipe.elsewhere} ${key}` : precision)
}

/** Whether the row draws the step that the link leads to; the rows between a parent and its last child draw none. */
function isFirst(link: Link | undefined): boolean {
  return link !== 'down' && link !== 'none'
}

/** Rows of one parent are adjacent, and of one child within it. */
function links(parents: readonly string[], children: readonly string[]): Link[] {
  return children.map((child, index) => {
    const parent = parents[index]
    const sharesAbove = parents[index - 1] === parent && index > 0
    const startsChild = !sharesAbove || children[index - 1] !== child
    const more = children.some((other, at) => at > index && parents[at] === parent && other !== child)
    if (!sharesAbove) return more ? 'fork' : 'across'
    if (startsChild) return more ? 'branch' : 'corner'
    return more ? 'down' : 'none'
  })
}
