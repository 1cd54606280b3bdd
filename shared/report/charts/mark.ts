// The mark of a case: its backend's colour, its precision's shape. FP32 ring, TF32 half ring, FP16 square, BF16 diamond,
// INT8 triangle; simulated is a dashed outline.
import type { BackendId } from '../../domain/backend.ts'
import type { Precision } from '../../domain/precision.ts'
import { type Markup, markup } from '../markup.ts'

interface Marked {
  readonly backend: BackendId
  readonly precision: Precision
}

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
  return markup`<path d="M0 -5L5 4L-5 4z"/>`
}
