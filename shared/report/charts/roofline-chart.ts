// A roofline on the page: a roof for each precision, a mark for each case, a thread from the mark to its name.
import { type Markup, markup } from '../markup.ts'
import { mark } from './mark.ts'
import type { Roofline } from './roofline.ts'

export function rooflineChart({ width, height, plot, ...chart }: Roofline, name: string): Markup {
  const rows = chart.yTicks.map(
    ({ at, text }, index) =>
      markup`<line x1="${plot.left}" x2="${plot.right}" y1="${at}" y2="${at}" class="${index === 0 ? 'axis' : 'grid'}"/><text x="${plot.left - 8}" y="${at + 4}" text-anchor="end">${text}</text>`,
  )
  const columns = chart.xTicks.map(
    ({ at, text }, index) =>
      markup`<line x1="${at}" x2="${at}" y1="${plot.top}" y2="${plot.bottom}" class="${index === 0 ? 'axis' : 'grid'}"/><text x="${at}" y="${plot.bottom + 16}" text-anchor="middle">${text}</text>`,
  )
  const roofs = chart.roofs.map(({ points, label, labelY }) => {
    const path = points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')
    return markup`<path d="${path}" class="roof"/><text x="${plot.right - 4}" y="${labelY}" text-anchor="end" class="halo">${label}</text>`
  })
  const names = chart.marks.map(
    ({ x, y, label, labelY }) =>
      markup`<path d="M${(x + 7).toFixed(1)} ${y.toFixed(1)}L${plot.right + 10} ${labelY.toFixed(1)}" class="thread"/><text x="${plot.right + 14}" y="${labelY + 4}" class="ink">${label}</text>`,
  )
  const marks = chart.marks.map(
    ({ backend, precision, x, y, roofY }) =>
      markup`<line x1="${x}" x2="${x}" y1="${y}" y2="${roofY}" class="one"/>${mark({ backend, precision }, x, y)}`,
  )
  return markup`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${name}">${rows}${columns}<text x="${plot.left}" y="${plot.top - 10}" class="note">${chart.yTitle}</text><text x="${plot.right}" y="${height - 6}" text-anchor="end" class="note">${chart.xTitle}</text>${roofs}${names}${marks}</svg>`
}
