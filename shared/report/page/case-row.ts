// One case's row: who, how fast against the baseline, how long, how much memory, how far its outputs agree.
import { type Figure, isMeasured } from '../../domain/figure.ts'
import { precisionLabel } from '../../domain/precision.ts'
import type { CaseRecord, GroupRecord } from '../../domain/run.ts'
import { backendName } from '../case-name.ts'
import { artifactName, artifactWords, cosineText, parityVerdictWords, taskFigureWords } from '../case-words.ts'
import { latencyCell } from '../charts/latency-cell.ts'
import { markCell } from '../charts/mark.ts'
import { memoryCell } from '../charts/memory-cell.ts'
import { speedupCell } from '../charts/speedup-cell.ts'
import { numberText, percentText } from '../figure-text.ts'
import { type Markup, markup, nothing } from '../markup.ts'
import { columnWidths, type GroupScales } from './group-scales.ts'

export function caseRow(entry: CaseRecord, group: GroupRecord, scales: GroupScales): Markup {
  const { latencyMs, imagesPerSecond } = entry
  return markup`<tr><th scope="row" class="name">${markCell(entry)}${backendName(entry)} <span class="precision">${precisionLabel(entry.precision)}</span>${proof(entry)}${artifactLine(entry)}</th>
<td>${speedupCell(entry, group, scales.speedup, columnWidths.speedup)}</td>
<td>${latencyCell(entry, scales.latency, columnWidths.latency)}</td>
${numberCell(latencyMs.p50)}${numberCell(latencyMs.p95)}${numberCell(latencyMs.p99)}${numberCell(imagesPerSecond)}
<td>${memoryCell(entry, scales.memory, columnWidths.memory)}</td>
${parityCell(entry)}${hasAccuracy(group) ? accuracyCell(entry) : nothing}</tr>`
}

/** The label that is true, where it is not the one that was asked for. */
function proof({ precisionProof }: CaseRecord): Markup {
  return precisionProof === null || precisionProof.holds
    ? nothing
    : markup`<span class="proof">${precisionProof.label}</span>`
}

function artifactLine(entry: CaseRecord): Markup {
  const name = artifactName(entry)
  return name === null ? nothing : markup`<span class="sub" title="${artifactWords(entry) ?? name}">${name}</span>`
}

function numberCell(figure: Figure): Markup {
  if (isMeasured(figure)) return markup`<td class="r">${numberText(figure.value)}</td>`
  return markup`<td class="r quiet" title="not measured: ${figure.reason}">–</td>`
}

const parityLooks = { pass: 'pass', warn: 'warn', fail: 'fail', 'not-judged': 'quiet' } as const

function parityCell(entry: CaseRecord): Markup {
  const cosine = cosineText(entry)
  const below = [...(cosine === '' ? [] : [cosine]), ...taskFigureWords(entry)].map(
    (words) => markup`<span class="sub">${words}</span>`,
  )
  const look = entry.parity.reason === 'reference' ? 'quiet' : parityLooks[entry.parity.verdict]
  return markup`<td title="${entry.parity.reason}"><span class="${look}">${parityVerdictWords(entry)}</span>${below}</td>`
}

/** Whether the group needs a column for it: only models with labels have an accuracy. */
export function hasAccuracy({ cases }: GroupRecord): boolean {
  return cases.some(({ accuracy }) => isMeasured(accuracy))
}

function accuracyCell({ accuracy }: CaseRecord): Markup {
  return markup`<td class="r">${isMeasured(accuracy) ? percentText(accuracy.value) : '–'}</td>`
}
