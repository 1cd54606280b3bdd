// For a pull request: the answer in a sentence, a table a batch, what was refused or not measured and why, the method,
// the machine and the command that repeats it. Whatever comes from outside is escaped.
import type { CaseRecord, GroupRecord, RunRecord } from '../../domain/run.ts'
import { absentFigures } from '../absent-figures.ts'
import { badgeWords } from '../badge-words.ts'
import { baselineName, caseName } from '../case-name.ts'
import { orderedCases } from '../case-order.ts'
import {
  accuracyText,
  artifactWords,
  cosineText,
  parityVerdictWords,
  speedupWords,
  taskFigureWords,
} from '../case-words.ts'
import { levelText, mebibytesText, numberText, rangeText, timesText } from '../figure-text.ts'
import { headlineOf } from '../headline.ts'
import { memoryTitle } from '../memory-title.ts'
import { runBanners } from '../run-banners.ts'
import { type Fact, machineFacts, methodFacts } from '../run-facts.ts'
import type { ReportFormatDefinition } from './report-format.ts'

export const markdownFormat: ReportFormatDefinition = {
  fileName: 'report.md',
  render: ({ record }) =>
    `${[
      `# ${escaped(record.modelName)}: which engine to ship`,
      ...runBanners(record).map((banner) => `> **${escaped(banner)}**`),
      ...record.groups.flatMap((group) => groupParts(record, group)),
      ...absences(record),
      '## How it was measured',
      factList(methodFacts(record)),
      ...(record.notes.length === 0 ? [] : [record.notes.map((note) => `- ${escaped(note)}`).join('\n')]),
      '## Machine',
      factList(machineFacts(record)),
      '## Repeat it',
      fenced(record.command),
      `Run ${code(record.runId)}, ${escaped(record.createdAt)}. Not an MLPerf result.`,
    ].join('\n\n')}\n`,
}

function groupParts(record: RunRecord, group: GroupRecord): readonly string[] {
  const { value, interval, statement, explanation, heading } = headlineOf(record, group.groupKey)
  const gain = value === null ? '' : `**${timesText(value)}** `
  const range = interval === null ? '' : `(${rangeText(interval)}, ${levelText(interval)} interval) `
  const badges = [...new Set(group.cases.flatMap((entry) => entry.badges))].map((badge) => badgeWords[badge])
  return [
    `## Batch ${group.batchSize}${record.simulated ? ' (simulated)' : ''}`,
    `${heading === null ? '' : `*${escaped(heading)}:* `}${gain}${range}${escaped(statement)}`,
    ...(explanation === '' ? [] : [escaped(explanation)]),
    ...(badges.length === 0 ? [] : [`Badges: ${badges.join(' · ')}`]),
    table(record, group),
    ...artifacts(group),
  ]
}

function table(record: RunRecord, group: GroupRecord): string {
  const hasAccuracy = group.cases.some(({ accuracy }) => accuracy.value !== null)
  const head = [
    'Candidate',
    `Speedup over ${baselineName(group)}${record.simulated ? ' (simulated)' : ''}`,
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'images/s',
    `${memoryTitle(group)} MiB`,
    'Parity',
    'Cosine',
    ...(hasAccuracy ? ['Accuracy'] : []),
    'n',
  ]
  const alignments = head.map((_, index) => ([0, 1, 7].includes(index) ? '---' : '---:'))
  const rows = orderedCases(group).map((entry) => rowOf(entry, group, hasAccuracy))
  return [head, alignments, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function rowOf(entry: CaseRecord, group: GroupRecord, hasAccuracy: boolean): readonly string[] {
  const { latencyMs, imagesPerSecond, memory } = entry
  const shown = ({ value }: { readonly value: number | null }, format = numberText) =>
    value === null ? '–' : format(value)
  const proof = entry.precisionProof?.holds === false ? ` (${entry.precisionProof.label})` : ''
  return [
    escaped(`${caseName(entry)}${proof}`),
    escaped(speedupWords(entry, group)),
    shown(latencyMs.p50),
    shown(latencyMs.p95),
    shown(latencyMs.p99),
    shown(imagesPerSecond),
    shown(memory.processPeakBytes, mebibytesText),
    escaped([parityVerdictWords(entry), ...taskFigureWords(entry)].join('; ')),
    cosineText(entry),
    ...(hasAccuracy ? [accuracyText(entry)] : []),
    String(entry.sampleCount),
  ]
}

/** What each case ran that a conversion made. */
function artifacts(group: GroupRecord): readonly string[] {
  const lines = orderedCases(group).flatMap((entry) => {
    const words = artifactWords(entry)
    return words === null ? [] : [`- ${escaped(caseName(entry))}: ${escaped(words)}`]
  })
  return lines.length === 0 ? [] : [lines.join('\n')]
}

function absences(record: RunRecord): readonly string[] {
  const absent = absentFigures(record)
  if (absent.length === 0) return []
  return ['## Not measured', absent.map(({ what, reason }) => `- ${escaped(what)}: ${escaped(reason)}`).join('\n')]
}

export function factList(facts: readonly Fact[]): string {
  return facts.map(([name, value]) => `- ${escaped(name)}: ${escaped(value)}`).join('\n')
}

/** Nothing in it can start a cell, a tag, a link, a heading or emphasis. */
export function escaped(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#~]/g, '\\$&')
}

export function code(text: string): string {
  return `\`${text.replace(/[`\r\n]/g, '')}\``
}

/** The fence is longer than any run of backticks inside. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}sh\n${text}\n${fence}`
}
