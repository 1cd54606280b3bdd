// Every figure of the run as text, one row per case: the numbers behind the charts, for readers and for the clipboard.

import type { Figure } from '../../domain/figure.ts'
import type { CaseRecord, GroupRecord, RunRecord } from '../../domain/run.ts'
import { accuracyText, caseName, orderedCases, speedupWords } from '../case-words.ts'
import { countText, mebibytesText, numberText, rangeText } from '../figure-text.ts'
import { type Markup, markup, nothing } from '../markup.ts'
import { memoryTitle, memoryWords, shownMemory } from '../shown-memory.ts'

export function figuresTable(record: RunRecord): Markup {
  const title = memoryTitle({ device: record.plan.device })
  return markup`<table class="figures"><thead><tr><th scope="col">Case</th><th scope="col">Speedup</th><th scope="col">p50 ms</th><th scope="col">p90 ms</th><th scope="col">p95 ms</th><th scope="col">p99 ms</th><th scope="col">images / s</th><th scope="col">${title} MiB</th><th scope="col">Accuracy</th><th scope="col">Samples</th><th scope="col">Outliers</th><th scope="col">Badges</th></tr></thead>
<tbody>${record.groups.flatMap((group) => orderedCases(group).map((entry) => row(entry, group)))}</tbody></table>`
}

function row(entry: CaseRecord, group: GroupRecord): Markup {
  const { latencyMs, imagesPerSecond, sampleCount, leadSampleCount, outliers, badges } = entry
  const cells = [
    withInterval(latencyMs.p50),
    withInterval(latencyMs.p90),
    withInterval(latencyMs.p95),
    withInterval(latencyMs.p99),
    withInterval(imagesPerSecond),
    memoryCell(entry),
    accuracyText(entry),
    twoLines(countText(sampleCount), `+ ${countText(leadSampleCount)} lead`),
    twoLines(`${outliers.mild} mild`, `${outliers.severe} severe`),
    badges.join(', '),
  ]
  return markup`<tr><th scope="row" class="case">${caseName(entry)}, batch ${group.batchSize}</th><td class="told">${speedupWords(entry, group)}</td>${cells.map((cell) => markup`<td class="tight">${cell}</td>`)}</tr>`
}

function withInterval(figure: Figure): Markup {
  if (figure.value === null) return markup`–`
  const range =
    figure.interval === null ? nothing : markup`<span class="sub">${rangeText(figure.interval, numberText)}</span>`
  return markup`${numberText(figure.value)}${range}`
}

function memoryCell(entry: CaseRecord): Markup {
  const shown = shownMemory(entry)
  if (shown === null) return markup`–`
  const text = mebibytesText(shown.bytes)
  return shown.kind === 'processPeakBytes' ? markup`${text}` : twoLines(text, memoryWords[shown.kind])
}

function twoLines(text: string, below: string): Markup {
  return markup`${text}<span class="sub">${below}</span>`
}
