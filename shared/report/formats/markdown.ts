// For a pull request: the answer in one sentence, a table per batch, what was refused or not measured and why, the
// method, the machine and the command that repeats it. Escapes all outside text.
import type { CaseRecord, GroupRecord, RunRecord } from '../../domain/run.ts'
import type { PassSection, PassTable } from '../../passes/pass-section.ts'
import {
  accuracyText,
  artifactWords,
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
import { capitalized, numberText } from '../figure-text.ts'
import { headlineOfGroup } from '../headline.ts'
import { singleBuildWords } from '../method-words.ts'
import { passSections } from '../pass-sections.ts'
import { absentFigures, machineFacts, methodFacts, runBanners } from '../run-facts.ts'
import { memoryTitle, shownMemoryText } from '../shown-memory.ts'
import { looksWords, measuredWords } from '../verdict-words.ts'
import { code, escaped, factList, fenced, tableOf } from './markdown-text.ts'
import type { ReportFormatDefinition } from './report-format.ts'

export const markdownFormat: ReportFormatDefinition = {
  fileName: 'report.md',
  render: ({ record }) =>
    `${[
      `# ${escaped(record.modelName)}: which engine to ship`,
      ...runBanners(record).map((banner) => `> **${escaped(banner)}**`),
      ...record.groups.flatMap((group) => groupParts(record, group)),
      ...passSections(record).flatMap((section) => passMarkdown(section, record.simulated)),
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
  const { answer, statement, certainty, explanation, withoutFlagged, heading } = headlineOfGroup(record, group)
  const said =
    answer === null ? `**${escaped(statement)}**` : `**${escaped(capitalized(answer))}.** ${escaped(statement)}`
  const badges = [...new Set(group.cases.flatMap((entry) => entry.badges))].map((badge) => badgeWords[badge])
  return [
    `## Batch ${group.batchSize}${record.simulated ? ' (simulated)' : ''}`,
    `${heading === null ? '' : `*${escaped(heading)}:* `}${said}`,
    ...(certainty === null ? [] : [`How sure: ${escaped(certainty)}.`]),
    ...(explanation === '' ? [] : [escaped(explanation)]),
    ...(withoutFlagged === null ? [] : [escaped(withoutFlagged)]),
    `${escaped(capitalized(measuredWords(record, group)))}.`,
    ...(badges.length === 0 ? [] : [`Badges: ${badges.join(' · ')}`]),
    table(record, group),
    ...caseLines(group),
    ...lookLines(group),
  ]
}

/** What each look said, for comparisons over several launches. */
function lookLines(group: GroupRecord): readonly string[] {
  const lines = orderedCases(group).flatMap((entry) => {
    const words = looksWords(entry.speedup)
    return words === null ? [] : [`- ${escaped(caseName(entry))}: ${escaped(words)}`]
  })
  return lines.length === 0 ? [] : ['Looks at the intervals:', lines.join('\n')]
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
  return tableOf(head.map(escaped), alignments, rows)
}

function rowOf(entry: CaseRecord, group: GroupRecord, hasAccuracy: boolean): readonly string[] {
  const { latencyMs, imagesPerSecond } = entry
  const shown = ({ value }: { readonly value: number | null }) => (value === null ? '–' : numberText(value))
  const proof = entry.precisionProof?.holds === false ? ` (${entry.precisionProof.label})` : ''
  return [
    escaped(`${caseName(entry)}${proof}`),
    escaped(speedupWords(entry, group)),
    shown(latencyMs.p50),
    shown(latencyMs.p95),
    shown(latencyMs.p99),
    shown(imagesPerSecond),
    escaped(shownMemoryText(entry)),
    escaped([parityVerdictWords(entry), ...decidingWords(entry), ...taskFigureWords(entry)].join('; ')),
    cosineText(entry),
    ...(hasAccuracy ? [accuracyText(entry)] : []),
    String(entry.sampleCount),
  ]
}

/** The converted artifact of each case, how far its speedup applies, and what proved its precision. */
function caseLines(group: GroupRecord): readonly string[] {
  const lines = orderedCases(group).flatMap((entry) =>
    [artifactWords(entry), exportedWords(entry), singleBuildWords(entry, group), proofWords(entry)].flatMap((words) =>
      words === null ? [] : [`- ${escaped(caseName(entry))}: ${escaped(words)}`],
    ),
  )
  return lines.length === 0 ? [] : [lines.join('\n')]
}

function absences(record: RunRecord): readonly string[] {
  const absent = absentFigures(record)
  if (absent.length === 0) return []
  return ['## Not measured', absent.map(({ what, reason }) => `- ${escaped(what)}: ${escaped(reason)}`).join('\n')]
}

/** One extra measurement: its note, its tables, and what was not measured. */
export function passMarkdown({ title, note, tables, sentences }: PassSection, simulated: boolean): readonly string[] {
  return [
    `## ${escaped(title)}${simulated ? ', simulated' : ''}`,
    escaped(note),
    ...tables
      .filter(({ isDetail }) => isDetail === undefined)
      .flatMap((table) => [...(table.caption === '' ? [] : [`### ${escaped(table.caption)}`]), passTable(table)]),
    ...(sentences.length === 0 ? [] : [sentences.map((sentence) => `- ${escaped(sentence)}`).join('\n')]),
  ]
}

function passTable({ head, columns, rows }: PassTable): string {
  return tableOf(
    [head, ...columns.map(({ title, unit }) => (unit === '' ? title : `${title} (${unit})`))].map(escaped),
    ['---', ...columns.map(({ holds }) => (holds === 'numbers' ? '---:' : '---'))],
    rows.map(({ name, cells }) => [name, ...cells.map((cell) => cell.text)].map(escaped)),
  )
}
