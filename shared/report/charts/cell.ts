// Parts of charts: a cell with its grid and axis, and the mark of a case.

import type { BackendId } from '../../domain/backend.ts'
import type { Precision } from '../../domain/precision.ts'
import { type Markup, markup } from '../markup.ts'
import { type Scale, tickText } from './scale.ts'

/**
 * A chart cell: one row's part of a column that all rows share, with the column's grid behind it, and the axis below
 * the last row.
 */
export const cellHeight = 34
export const middle = cellHeight / 2
const axisHeight = 18

interface CellFrame {
  readonly width: number
  readonly scale: Scale
  /** Text alternative of the cell. */
  readonly label: string
}

export function chartCell({ width, scale, label }: CellFrame, content: readonly Markup[]): Markup {
  const grid = scale.ticks.map((tick) => {
    const x = scale.position(tick)
    return markup`<line x1="${x}" x2="${x}" y1="0" y2="${cellHeight}" class="${tick === 0 ? 'axis' : 'grid'}"/>`
  })
  return markup`<svg width="${width}" height="${cellHeight}" viewBox="0 0 ${width} ${cellHeight}" role="img" aria-label="${label}">${grid}${content}</svg>`
}

export function axisCell({ max, ticks, position }: Scale): Markup {
  const width = position(max)
  const labels = ticks.map(
    (tick, index) =>
      markup`<text x="${position(tick)}" y="13" text-anchor="${index === 0 ? 'start' : 'middle'}">${tickText(tick)}</text>`,
  )
  return markup`<svg width="${width}" height="${axisHeight}" viewBox="0 0 ${width} ${axisHeight}" aria-hidden="true"><line x1="0" x2="${width}" y1="0.5" y2="0.5" class="axis"/>${labels}</svg>`
}

/** An interval as a whisker. */
export function whisker(low: number, high: number, y: number): Markup {
  return markup`<path class="interval" d="M${low} ${y}H${high}M${low} ${y - 4}V${y + 4}M${high} ${y - 4}V${y + 4}"/>`
}

export function uprightWhisker(x: number, low: number, high: number): Markup {
  return markup`<path class="interval" d="M${x} ${low}V${high}M${x - 4} ${low}H${x + 4}M${x - 4} ${high}H${x + 4}"/>`
}

interface Marked {
  readonly backend: BackendId
  readonly precision: Precision
}

/**
 * The mark of a case: its backend's colour, its precision's shape. FP32 ring, TF32 half ring, FP16 square, BF16
 * diamond, INT8 triangle, FP8 triangle upside down, INT4 weights pentagon; simulated is a dashed outline.
 */
export function mark({ backend, precision }: Marked, x: number, y: number): Markup {
  const isHollow = backend === 'simulated' || precision === 'fp32' || precision === 'tf32'
  const look = `mark ${isHollow ? 'hollow' : ''} ${backend === 'simulated' ? 'dashed' : ''} b-${backend}`
  return markup`<g transform="translate(${x} ${y})" class="${look}">${shape(precision)}</g>`
}

export function markCell(marked: Marked): Markup {
  return markup`<svg class="key" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">${mark(marked, 7, 7)}</svg>`
}

function shape(precision: Precision): Markup {
  if (precision === 'fp32') return markup`<circle r="4.5"/>`
  if (precision === 'tf32') return markup`<circle r="4.5"/><path class="half" d="M0 -4.5A4.5 4.5 0 0 1 0 4.5z"/>`
  if (precision === 'fp16') return markup`<rect x="-4" y="-4" width="8" height="8"/>`
  if (precision === 'bf16') return markup`<path d="M0 -5.4L5.4 0L0 5.4L-5.4 0z"/>`
  if (precision === 'fp8') return markup`<path d="M0 5L5 -4L-5 -4z"/>`
  if (precision === 'int4-weights') return markup`<path d="M0 -5L5 -1.2L3 4.5L-3 4.5L-5 -1.2z"/>`
  return markup`<path d="M0 -5L5 4L-5 4z"/>`
}
