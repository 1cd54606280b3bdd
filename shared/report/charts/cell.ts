// A chart cell: one row's part of a column that all rows share, with the column's grid behind it, and the axis that
// stands under the last row.
import { type Markup, markup } from '../markup.ts'
import { type Scale, tickText } from './scale.ts'

export const cellHeight = 34
export const middle = cellHeight / 2
const axisHeight = 18

export interface CellFrame {
  readonly width: number
  readonly scale: Scale
  /** What the cell shows, in words. */
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
