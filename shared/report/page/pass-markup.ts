// One pass on the page: how to read it, its chart if it has one, its tables with bars, and what was not measured.
import type { RunRecord } from '../../domain/run.ts'
import type { PassBar, PassCell, PassColumn, PassSection, PassTable } from '../../passes/pass-section.ts'
import { rooflineChart, rooflineOf } from '../charts/roofline.ts'
import { type Markup, markup, nothing } from '../markup.ts'

export function passMarkup({ key, title, note, tables, sentences }: PassSection, record: RunRecord): Markup {
  const words = record.simulated ? ', simulated' : ''
  return markup`<section class="beside ${key}"><h2>${title}${words}</h2><p class="how">${note}</p>
${key === 'limits' ? rooflines(record) : nothing}
<div class="tables">${tables.map(passTable)}</div>
${sentences.length === 0 ? nothing : markup`<ul class="reasons">${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`}
</section>`
}

function rooflines({ groups }: RunRecord): Markup {
  const charts = groups.flatMap((group) => {
    const roofline = rooflineOf(group)
    if (roofline === null) return []
    const name = `Roofline, batch ${group.batchSize}`
    return [markup`<figure class="chart"><figcaption>${name}</figcaption>${rooflineChart(roofline, name)}</figure>`]
  })
  return markup`${charts}`
}

function passTable({ caption, head, columns, rows }: PassTable): Markup {
  return markup`<table class="figures ${isComparison(rows) ? 'wide' : ''}">${caption === '' ? nothing : markup`<caption>${caption}</caption>`}<thead><tr><th scope="col">${head}</th>${columns.map(headCell)}</tr></thead>
<tbody>${rows.map(({ name, cells }) => markup`<tr><th scope="row" class="long" title="${name}">${name}</th>${cells.map((cell, index) => bodyCell(cell, columns[index]))}</tr>`)}</tbody></table>`
}

/** More than one bar in a row: cases side by side. */
function isComparison(rows: PassTable['rows']): boolean {
  return rows.some(({ cells }) => cells.filter(({ bar }) => bar !== undefined).length > 1)
}

function headCell({ title, unit, holds }: PassColumn): Markup {
  return markup`<th scope="col" class="${holds === 'numbers' ? 'r' : ''}">${title}${unit === '' ? nothing : unit.split(', ').map((line) => markup`<small>${line}</small>`)}</th>`
}

function bodyCell({ text, bar }: PassCell, column: PassColumn | undefined): Markup {
  const look = column?.holds === 'numbers' ? 'r' : ''
  return bar === undefined
    ? markup`<td class="${look}">${text}</td>`
    : markup`<td class="${look} drawn">${drawn(bar)}<span>${text}</span></td>`
}

const barWidth = 96

function drawn({ share, backend }: PassBar): Markup {
  return markup`<svg class="strip" width="${barWidth}" height="9" viewBox="0 0 ${barWidth} 9" aria-hidden="true"><rect x="0" y="0" width="${Math.max(0.5, share * barWidth)}" height="9" class="bar b-${backend}"/></svg>`
}
