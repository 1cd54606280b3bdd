import { z } from 'zod'
import type { BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { isMeasured } from '../../shared/domain/figure.ts'
import type { Option, OptionFault } from '../../shared/domain/option.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { ComparisonInput } from '../../shared/report/comparison/comparison-format.ts'
import { comparisonFormats } from '../../shared/report/comparison/comparison-formats.ts'
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
} from '../../shared/report/comparison/comparison-words.ts'
import { obstacleBanner, runDifferences } from '../../shared/report/comparison/run-differences.ts'
import { comparedFigureNames, compareRuns, fewestCompared, mostCompared } from '../../shared/statistics/compare-runs.ts'
import type { Services } from '../services.ts'
import { openRunFolder } from '../store/run-folder.ts'
import { defineCommand, doesNotApply, refusalOf } from './command.ts'
import { type ExitCode, exitCodes } from './exit-code.ts'
import { runFolderNamed } from './named-folders.ts'
import { textTable } from './table.ts'
import type { Terminal } from './terminal.ts'

export const compareOptions = {
  failOnRegression: {
    flag: 'fail-on-regression',
    valueName: 'percent',
    schema: z.number().min(0).max(10).optional(),
    unitFactor: 0.01,
    unit: '%',
    description: 'End with exit code 4 if a figure is worse by more than this, and with 5 if that cannot be told',
  },
  figure: {
    flag: 'figure',
    valueName: 'list',
    schema: z.array(z.enum(comparedFigureNames)).default(['p50']),
    description: 'Figures that --fail-on-regression looks at',
    goesWith: 'fail-on-regression',
  },
  format: {
    flag: 'format',
    valueName: 'name',
    schema: z.enum(['text', ...(Object.keys(comparisonFormats) as (keyof typeof comparisonFormats)[])]).default('text'),
    description:
      'What to print: text, json, md for a pull request, junit for a build server, bmf for bencher.dev (last run)',
  },
} as const satisfies Readonly<Record<string, Option>>

/** Shows what changed from one run to others, by the intervals of their own launches. */
export const compareCommand = defineCommand({
  usage: 'compare <run> <run> [run…]',
  description:
    'Compare two to ten runs with the first: what changed, by how much, and what differs between their machines',
  options: compareOptions,
  examples: [
    'enginebench compare ./before ./after',
    'enginebench compare ./main ./pull-request --fail-on-regression 5% --format md',
  ],
  misfits: ({ words, values, given }) => [
    ...wordFaults(words),
    ...(given.has('fail-on-regression') && values.format === 'bmf'
      ? doesNotApply({ given }, [compareOptions.failOnRegression], 'to --format bmf: Bencher has thresholds of its own')
      : []),
  ],
  async run({ services, terminal, values, words }) {
    const comparison = compareRuns(await namedRecords(services, words))
    const { failOnRegression: limit, figure, format } = values
    const gate = limit === undefined ? null : { limit, figures: [...new Set(figure)] }
    const input = { comparison, gate }
    terminal.result(format === 'text' ? comparisonText(input, terminal) : comparisonFormats[format](input))
    return exitCodeOfGate(input)
  },
})

function wordFaults(words: readonly string[]): readonly OptionFault[] {
  const repeated = words.filter((word, index) => words.indexOf(word) !== index)
  const fault = (message: string, remedy: string): OptionFault => ({ code: 'bad-usage', message, remedy })
  return [
    ...(words.length > mostCompared
      ? [fault(`${words.length} runs are named.`, `Name ${fewestCompared} to ${mostCompared}.`)]
      : []),
    ...[...new Set(repeated)].map((word) => fault(`${word} is named twice.`, 'Name each run once.')),
  ]
}

/** Every run that cannot be read is told of in one error. */
async function namedRecords(
  services: Pick<Services, 'store'>,
  words: readonly string[],
): Promise<readonly RunRecord[]> {
  const records: RunRecord[] = []
  const faults: BenchErrorRecord[] = []
  for (const word of words) {
    try {
      records.push((await openRunFolder(await runFolderNamed(services, word))).record)
    } catch (error) {
      if (!(error instanceof BenchError)) throw error
      faults.push(error.record)
    }
  }
  if (faults.length > 0) throw refusalOf(faults, 'compare')
  return records
}

function exitCodeOfGate({ comparison, gate }: ComparisonInput): ExitCode {
  if (gate === null) return exitCodes.done
  const { answer } = gateAnswer(comparison, gate.limit, gate.figures)
  if (answer === 'regression') return exitCodes.beyondLimit
  return answer === 'none' ? exitCodes.done : exitCodes.cannotTell
}

export function comparisonText(
  { comparison, gate }: ComparisonInput,
  terminal: Pick<Terminal, 'resultIsTerminal'>,
): string {
  const { runs, baseline } = comparison
  const { statement, explanation } = comparisonHeadline(comparison)
  const letters = runs.map((_, index) => String.fromCharCode(65 + index))
  const differences = runDifferences(comparison)
  const columns = letters.map((title) => ({ title }))
  return [
    ...(gate === null ? [] : [gateSentence(gateAnswer(comparison, gate.limit, gate.figures), gate.limit)]),
    `${statement} ${explanation}`,
    runs
      .map((run, index) => {
        const role = index === baseline ? ', the baseline run' : ''
        return `${letters[index]}  ${run.runId}: ${run.modelName}, ${runTitle(run)}${role}`
      })
      .join('\n'),
    ...runs.flatMap((_, run) => obstacleBanner(comparison, run) ?? []),
    differences.length === 0
      ? 'One machine, in one state, measured in the same way.'
      : textTable(
          [{ title: 'What differs' }, ...columns],
          differences.map(({ what, values }) => [what, ...values]),
          terminal,
        ),
    textTable([{ title: 'Case' }, { title: 'Figure' }, ...columns], figureRows(comparison), terminal),
    twoMoments,
  ].join('\n\n')
}

function figureRows(comparison: ComparisonInput['comparison']): readonly (readonly string[])[] {
  const { rows, margins } = comparison
  return rows.flatMap((row) =>
    measuredRows(row).map(({ name, values, changes }, index) => [
      index === 0 ? rowName(row) : '',
      comparedFigureWords[name].title,
      ...values.map((figure, run) => {
        const value = figure === null ? 'not in this run' : isMeasured(figure) ? valueText(name, figure.value) : '–'
        const change = changes[run] ?? null
        return change === null ? value : `${value}  ${changeWords(name, change, margins[run] ?? 0)}`
      }),
    ]),
  )
}
