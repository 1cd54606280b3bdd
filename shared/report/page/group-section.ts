// One batch size on the page: the answer, then a row a case with speedup, latency, memory and parity side by side, and
// every refusal, missing difference and disturbed round in full beneath.
import type { CaseRecord, GroupRecord, RunRecord } from '../../domain/run.ts'
import { badgeWords } from '../badge-words.ts'
import { baselineName, caseName } from '../case-name.ts'
import { orderedCases } from '../case-order.ts'
import { speedupWords } from '../case-words.ts'
import { axisCell } from '../charts/cell.ts'
import { latencyScale } from '../charts/latency-cell.ts'
import { memoryScale } from '../charts/memory-cell.ts'
import { speedupScale } from '../charts/speedup-cell.ts'
import { countText, levelText, rangeText, ratioText } from '../figure-text.ts'
import { headlineOf } from '../headline.ts'
import { type Markup, markup, nothing } from '../markup.ts'
import { memoryTitle } from '../memory-title.ts'
import { singleBuildWords } from '../single-build-words.ts'
import { caseRow, hasAccuracy } from './case-row.ts'
import { columnWidths, type GroupScales } from './group-scales.ts'

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
</section>`
}

function answer(record: RunRecord, group: GroupRecord): Markup {
  const { value, interval, statement, explanation, withoutFlagged, heading, verdict } = headlineOf(
    record,
    group.groupKey,
  )
  const none = verdict === 'no-difference' ? 'no difference' : 'no speedup'
  const gain =
    value === null ? markup`<b class="none">${none}</b>` : markup`<b>${ratioText(value)}</b><small> ×</small>`
  const range = interval === null ? nothing : markup`<p>${rangeText(interval)}, ${levelText(interval)} interval</p>`
  const badges = [...new Set(group.cases.flatMap((entry) => entry.badges))].filter(
    (badge) => !heading?.includes(badgeWords[badge]),
  )
  return markup`<div class="answer"><div class="gain">${gain}${range}</div><div class="say">
<p><b>${statement}</b></p>${explanation === '' ? nothing : markup`<p>${explanation}</p>`}${withoutFlagged === null ? nothing : markup`<p>${withoutFlagged}</p>`}
<div class="badges">${heading === null ? nothing : markup`<span class="badge">${heading}</span>`}${badges.map((badge) => markup`<span class="badge">▲ ${badgeWords[badge]}</span>`)}</div>
</div></div>`
}

function head(record: RunRecord, group: GroupRecord): Markup {
  const words = simulatedWords(record)
  const timingOnly = group.cases.map(({ speedup }) => speedup.heading).find((heading) => heading !== null) ?? ''
  return markup`<thead><tr><th scope="col">Candidate</th>
<th scope="col">Speedup over ${baselineName(group)}${words}<small>× with its interval${timingOnly === '' ? '' : `; ${timingOnly}`}</small></th>
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
  return `n = ${countText(least)}${least === most ? '' : ` to ${countText(most)}`} samples a row`
}

function reasons(cases: readonly CaseRecord[], group: GroupRecord): Markup {
  const told = cases.filter(
    ({ caseKey, speedup }) =>
      caseKey !== group.baseline &&
      (speedup.withoutFlagged !== undefined || (speedup.verdict !== 'faster' && speedup.verdict !== 'slower')),
  )
  const lines = [
    ...told.map((entry) => [entry, speedupWords(entry, group)] as const),
    ...cases.flatMap((entry) => {
      const build = singleBuildWords(entry, group)
      return build === null ? [] : [[entry, build] as const]
    }),
  ]
  if (lines.length === 0) return nothing
  return markup`<ul class="reasons">${lines.map(([entry, words]) => markup`<li><b>${caseName(entry)}</b>: ${words}</li>`)}</ul>`
}

function simulatedWords({ simulated }: RunRecord): string {
  return simulated ? ', simulated' : ''
}
