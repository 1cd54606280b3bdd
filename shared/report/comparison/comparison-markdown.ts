// A comparison for a pull request: the answer, what changed with its interval, what differs, and how it was told.
import { isMeasured } from '../../domain/figure.ts'
import { code, escaped, tableOf } from '../formats/markdown-text.ts'
import type { ComparisonFormat } from './comparison-format.ts'
import {
  changeWords,
  comparedFigureWords,
  comparisonHeadline,
  gateAnswer,
  gateSentence,
  measuredRows,
  rowName,
  runTitle,
  twoMoments,
  valueText,
} from './comparison-words.ts'
import { obstacleBanner, runDifferences } from './run-differences.ts'

export const comparisonMarkdown: ComparisonFormat = ({ comparison, gate }) => {
  const { runs, baseline, margins } = comparison
  const { statement, explanation } = comparisonHeadline(comparison)
  const banners = runs.flatMap((_, run) => obstacleBanner(comparison, run) ?? [])
  const differences = runDifferences(comparison)
  const named = runs.map((run, index) => `${runTitle(run)}${index === baseline ? ' (baseline)' : ''}`)
  const rows = comparison.rows.flatMap((row) =>
    measuredRows(row).map(({ name, values, changes }) => [
      escaped(rowName(row)),
      escaped([comparedFigureWords[name].title, comparedFigureWords[name].unit].filter(Boolean).join(', ')),
      ...values.map((figure, run) => {
        const value = figure === null ? 'not in this run' : isMeasured(figure) ? valueText(name, figure.value) : '–'
        const change = changes[run] ?? null
        return escaped(change === null ? value : `${value}, ${changeWords(name, change, margins[run] ?? 0)}`)
      }),
    ]),
  )
  return `${[
    `## ${escaped(runs[baseline]?.modelName ?? '')}: what changed`,
    ...(gate === null
      ? []
      : [`**${escaped(gateSentence(gateAnswer(comparison, gate.limit, gate.figures), gate.limit))}**`]),
    `**${escaped(statement)}** ${escaped(explanation)}`,
    ...banners.map((banner) => `> **${escaped(banner)}**`),
    tableOf(['Case', 'Figure', ...named].map(escaped), ['---', '---', ...named.map(() => '---')], rows),
    ...(differences.length === 0
      ? ['The runs were measured on one machine, in one state, in the same way.']
      : [
          'What differs between the runs:',
          tableOf(
            ['', ...named].map(escaped),
            ['---', ...named.map(() => '---')],
            differences.map(({ what, values }) => [what, ...values].map(escaped)),
          ),
        ]),
    escaped(twoMoments),
    `Runs: ${runs.map(({ runId }) => code(runId)).join(', ')}.`,
  ].join('\n\n')}\n`
}
