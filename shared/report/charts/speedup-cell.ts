// One case's speedup as a bar from zero with its interval. A refusal keeps its place as a dashed outline and its reason;
// nothing is drawn for what was not measured.
import type { CaseRecord, GroupRecord } from '../../domain/run.ts'
import { speedupWords } from '../case-words.ts'
import { timesText } from '../figure-text.ts'
import { type Markup, markup, nothing } from '../markup.ts'
import { cellHeight, chartCell, middle, whisker } from './cell.ts'
import { type Scale, zeroScale } from './scale.ts'

const barHeight = 15
const top = (cellHeight - barHeight) / 2

/** Room for a label behind the longest bar. */
const labelRoom = 82

export function speedupScale({ cases }: GroupRecord, width: number): Scale {
  const shown = cases.map(({ speedup }) =>
    speedup.verdict === 'refused' ? 0 : (speedup.interval?.high ?? speedup.value ?? 0),
  )
  return zeroScale(Math.max(1, ...shown), width - labelRoom, 4)
}

export function speedupCell(entry: CaseRecord, group: GroupRecord, scale: Scale, width: number): Markup {
  const label = speedupWords(entry, group)
  const one = markup`<line x1="${scale.position(1)}" x2="${scale.position(1)}" y1="0" y2="${cellHeight}" class="one"/>`
  return chartCell({ width, scale, label }, [one, content(entry, group, scale, width)])
}

function content(entry: CaseRecord, group: GroupRecord, scale: Scale, width: number): Markup {
  const { speedup, state } = entry
  if (state !== 'completed' || speedup.verdict === 'refused' || speedup.value === null) return refused(entry, width)
  const end = scale.position(speedup.value)
  const { interval } = speedup
  const bar = markup`<rect x="0" y="${top}" width="${end}" height="${barHeight}" class="${barLook(entry)}"/>`
  const labelAt = Math.max(end, interval === null ? 0 : scale.position(interval.high)) + 8
  if (interval === null) return markup`${bar}${valueLabel(entry, group, labelAt)}`
  const claim = markup`${bar}${whisker(scale.position(interval.low), scale.position(interval.high), middle)}`
  if (speedup.verdict !== 'no-difference') return markup`${claim}${valueLabel(entry, group, labelAt)}`
  const hasRoom = labelAt < width - 110
  return markup`${claim}${twoLines(hasRoom ? labelAt : 8, 'ink', 'no difference shown', speedup.reason, hasRoom ? width : end)}`
}

function valueLabel({ caseKey, speedup }: CaseRecord, { baseline }: GroupRecord, x: number): Markup {
  const isBaseline = caseKey === baseline
  const words = isBaseline || speedup.value === null ? '1 ×' : timesText(speedup.value)
  return markup`<text x="${x}" y="${middle + 4.5}" class="large ink halo">${words}${isBaseline ? markup`<tspan class="note"> baseline</tspan>` : nothing}</text>`
}

function barLook({ backend, precision, speedup }: CaseRecord): string {
  const pale = precision === 'fp32' || precision === 'tf32' ? 'pale' : ''
  const faint = speedup.verdict === 'no-difference' ? 'faint' : ''
  return `bar ${pale} ${faint} ${backend === 'simulated' ? 'dashed' : ''} b-${backend}`
}

function refused({ state, reason, speedup }: CaseRecord, width: number): Markup {
  const isComplete = state === 'completed'
  const head = isComplete ? '✕ speedup refused' : `✕ ${state}`
  const why = isComplete ? speedup.reason : (reason ?? speedup.reason)
  return markup`<rect x="0.5" y="${top}" width="20" height="${barHeight}" class="outline"/>${twoLines(30, 'fail', head, why, width)}`
}

function twoLines(x: number, look: string, head: string, note: string, width: number): Markup {
  return markup`<text x="${x}" y="${middle - 2}" class="${look} halo">${head}</text><text x="${x}" y="${middle + 11}" class="note halo">${fitted(note, width - x)}<title>${note}</title></text>`
}

/** Cut to what fits; the whole sentence stands under the table. */
function fitted(text: string, width: number): string {
  const most = Math.max(10, Math.floor(width / 5.5))
  return text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text
}
