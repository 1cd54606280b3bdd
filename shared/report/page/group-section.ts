// One batch size on the page: the answer, then one row per case with speedup, latency, memory and parity side by side,
// and every refusal, missing figure and disturbed round in full below.

import { type Figure, isMeasured } from '../../domain/figure.ts'
import { precisionLabel } from '../../domain/precision.ts'
import type { CaseRecord, GroupRecord, RunRecord } from '../../domain/run.ts'
import {
  artifactName,
  artifactWords,
  backendName,
  badgeWords,
  baselineName,
  caseName,
  cosineText,
  decidingWords,
  exportedWords,
  orderedCases,
  parityVerdictWords,
  proofWords,
  speedupWords,
  taskFigureWords,
} from '../case-words.ts'
import { latencyCell, latencyScale, memoryCell, memoryScale, speedupCell, speedupScale } from '../charts/case-cells.ts'
import { axisCell, markCell } from '../charts/cell.ts'
import type { Scale } from '../charts/scale.ts'
import { countText, numberText, percentText, ratioText } from '../figure-text.ts'
import { headlineOfGroup } from '../headline.ts'
import { type Markup, markup, nothing } from '../markup.ts'
import { singleBuildWords } from '../method-words.ts'
import { memoryTitle } from '../shown-memory.ts'
import { measuredWords } from '../verdict-words.ts'
import { narrowings } from './narrowing-markup.ts'

export function groupSection(record: RunRecord, group: GroupRecord): Markup {
  const scales: GroupScales = {
    speedup: speedupScale(group, columnWidths.speedup),
    latency: latencyScale(group, columnWidths.latency),
    memory: memoryScale(group, columnWidths.memory),
  }
  const cases = orderedCases(group)
  return markup`<section class="group">
<h2>Batch ${group.batchSize} <small>input ${group.inputShape.join(' × ')}, ${group.device}${simulatedWords(record)}</small></h2>
${answer(record, group)}
<table class="rows">
<colgroup><col class="who"><col class="speedup"><col class="latency"><col class="n"><col class="n"><col class="n"><col class="rate"><col class="memory"><col>${hasAccuracy(group) ? markup`<col class="accuracy">` : nothing}</colgroup>
${head(record, group)}
<tbody>
${cases.map((entry) => caseRow(entry, group, scales))}
</tbody>
${foot(group, scales)}
</table>
${reasons(cases, group)}
${narrowings(group, cases, simulatedWords(record))}
</section>`
}

function answer(record: RunRecord, group: GroupRecord): Markup {
  const { value, answer: inWords, certainty, ...said } = headlineOfGroup(record, group)
  const { statement, explanation, withoutFlagged, heading } = said
  const gain =
    value === null ? markup`<b class="none">${inWords ?? ''}</b>` : markup`<b>${ratioText(value)}</b><small> ×</small>`
  const sure = certainty === null ? nothing : markup`<p>${certainty}</p>`
  const badges = [...new Set(group.cases.flatMap((entry) => entry.badges))].filter(
    (badge) => !heading?.includes(badgeWords[badge]),
  )
  return markup`<div class="answer"><div class="gain">${gain}${sure}</div><div class="say">
<p><b>${statement}</b></p>${explanation === '' ? nothing : markup`<p>${explanation}</p>`}${withoutFlagged === null ? nothing : markup`<p>${withoutFlagged}</p>`}
<div class="badges"><span class="badge plain">${measuredWords(record, group)}</span>${heading === null ? nothing : markup`<span class="badge">${heading}</span>`}${badges.map((badge) => markup`<span class="badge">▲ ${badgeWords[badge]}</span>`)}</div>
</div></div>`
}

function head(record: RunRecord, group: GroupRecord): Markup {
  const words = simulatedWords(record)
  const timingOnly = group.cases.map(({ speedup }) => speedup.heading).find((heading) => heading !== null) ?? ''
  return markup`<thead><tr><th scope="col">Candidate</th>
<th scope="col">Speedup over ${baselineName(group)}${words}<small>× of paired rounds, with its interval${timingOnly === '' ? '' : `; ${timingOnly}`}</small></th>
<th scope="col">Latency${words}<small>end to end, ms: p50, p95, p99</small></th>
<th scope="col" class="r">p50<small>ms</small></th><th scope="col" class="r">p95<small>ms</small></th><th scope="col" class="r">p99<small>ms</small></th>
<th scope="col" class="r">images / s</th>
<th scope="col">${memoryTitle(group)}${words}<small>MiB, peak</small></th>
<th scope="col">Parity<small>cosine, FP32 reference</small></th>${hasAccuracy(group) ? markup`<th scope="col" class="r">Top-1<small>accuracy</small></th>` : nothing}</tr></thead>`
}

function foot({ cases }: GroupRecord, scales: GroupScales): Markup {
  const images = Math.max(0, ...cases.map(({ parity }) => parity.figures?.imageCount ?? 0))
  return markup`<tfoot><tr><td></td><td>${axisCell(scales.speedup)}${countNote(cases)}</td><td>${axisCell(scales.latency)}</td><td></td><td></td><td></td><td></td><td>${axisCell(scales.memory)}</td><td>${images > 0 ? `n = ${images} images` : ''}</td></tr></tfoot>`
}

function countNote(cases: readonly CaseRecord[]): string {
  const counts = cases.map(({ sampleCount }) => sampleCount).filter((count) => count > 0)
  if (counts.length === 0) return 'no samples'
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  return `n = ${countText(least)}${least === most ? '' : ` to ${countText(most)}`} samples per row`
}

function reasons(cases: readonly CaseRecord[], group: GroupRecord): Markup {
  const told = cases.filter(
    ({ caseKey, speedup }) =>
      caseKey !== group.baseline &&
      (speedup.withoutFlagged !== undefined || (speedup.verdict !== 'faster' && speedup.verdict !== 'slower')),
  )
  const lines = [
    ...told.map((entry) => [entry, speedupWords(entry, group)] as const),
    ...cases.flatMap((entry) =>
      [exportedWords(entry), singleBuildWords(entry, group), proofWords(entry)].flatMap((words) =>
        words === null ? [] : [[entry, words] as const],
      ),
    ),
  ]
  if (lines.length === 0) return nothing
  return markup`<ul class="reasons">${lines.map(([entry, words]) => markup`<li><b>${caseName(entry)}</b>: ${words}</li>`)}</ul>`
}

function simulatedWords({ simulated }: RunRecord): string {
  return simulated ? ', simulated' : ''
}

/** One case's row: its name, its speedup over the baseline, its latency, its memory, and its parity. */
function caseRow(entry: CaseRecord, group: GroupRecord, scales: GroupScales): Markup {
  const { latencyMs, imagesPerSecond } = entry
  return markup`<tr><th scope="row" class="name">${markCell(entry)}${backendName(entry)} <span class="precision">${precisionLabel(entry.precision)}</span>${proof(entry)}${artifactLine(entry)}</th>
<td>${speedupCell(entry, group, scales.speedup, columnWidths.speedup)}</td>
<td>${latencyCell(entry, scales.latency, columnWidths.latency)}</td>
${numberCell(latencyMs.p50)}${numberCell(latencyMs.p95)}${numberCell(latencyMs.p99)}${numberCell(imagesPerSecond)}
<td>${memoryCell(entry, scales.memory, columnWidths.memory)}</td>
${parityCell(entry)}${hasAccuracy(group) ? accuracyCell(entry) : nothing}</tr>`
}

/** The actual precision, if it differs from the requested one. */
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
  const below = [...decidingWords(entry), ...(cosine === '' ? [] : [cosine]), ...taskFigureWords(entry)].map(
    (words) => markup`<span class="sub">${words}</span>`,
  )
  const look = entry.parity.reason === 'reference' ? 'quiet' : parityLooks[entry.parity.verdict]
  return markup`<td title="${entry.parity.reason}"><span class="${look}">${parityVerdictWords(entry)}</span>${below}</td>`
}

/** Whether the group needs a column for it: only models with labels have an accuracy. */
function hasAccuracy({ cases }: GroupRecord): boolean {
  return cases.some(({ accuracy }) => isMeasured(accuracy))
}

function accuracyCell({ accuracy }: CaseRecord): Markup {
  return markup`<td class="r">${isMeasured(accuracy) ? percentText(accuracy.value) : '–'}</td>`
}

/** Widths in pixels and scales of the columns shared by the rows of one group. */
const columnWidths = { speedup: 252, latency: 104, memory: 98 } as const

interface GroupScales {
  readonly speedup: Scale
  readonly latency: Scale
  readonly memory: Scale
}
