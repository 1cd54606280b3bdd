import { choiceOptions, type Demands, limitNames, limitOptions } from '../../shared/domain/decision.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import { decisionWords, optionFigures, optionName, standingWords } from '../../shared/report/decision-words.ts'
import { runBanners } from '../../shared/report/run-facts.ts'
import { memoryTitle } from '../../shared/report/shown-memory.ts'
import { type Choice, decide, type JudgedOption } from '../../shared/statistics/decide.ts'
import { openRunFolder } from '../store/run-folder.ts'
import { defineCommand, jsonOption, type Typed } from './command.ts'
import { type ExitCode, exitCodes } from './exit-code.ts'
import { runFolderNamed } from './named-folders.ts'
import { textTable } from './table.ts'
import type { Terminal } from './terminal.ts'

export const decideOptions = { ...limitOptions, ...choiceOptions, json: jsonOption } as const

/** Names the case to ship within limits, or says that it is a tie, or why none can be named. */
export const decideCommand = defineCommand({
  usage: 'decide <run>',
  description:
    'Choose the engine, precision and batch of a run to ship: limits are tested on intervals, and ties are named',
  options: decideOptions,
  examples: [
    'enginebench decide ./clip --p99-ms 8 --memory-mib 2048 --parity pass',
    'enginebench decide ./clip --images-per-second 500 --prefer memory,p99',
  ],
  async run({ services, terminal, values, words }) {
    const { record } = await openRunFolder(await runFolderNamed(services, words[0] ?? ''))
    const demands = demandsFrom({ values })
    const choice = decide(record, demands)
    terminal.result(
      values.json
        ? JSON.stringify(decisionDocument(record, demands, choice), null, 2)
        : decisionText(record, demands, choice, terminal),
    )
    return exitCodeOfChoice(choice)
  },
})

export function demandsFrom({ values }: Pick<Typed<typeof decideOptions>, 'values'>): Demands {
  const limits = Object.fromEntries(
    limitNames.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]] as const])),
  )
  return { limits, parity: values.parity, withoutPython: values.withoutPython, prefer: [...new Set(values.prefer)] }
}

function exitCodeOfChoice({ recommended, options }: Choice): ExitCode {
  if (recommended !== null) return exitCodes.done
  return options.some(({ standing }) => standing === 'not-sure') ? exitCodes.cannotTell : exitCodes.beyondLimit
}

export function decisionText(
  record: RunRecord,
  demands: Demands,
  choice: Choice,
  terminal: Pick<Terminal, 'resultIsTerminal'>,
): string {
  const { title, figure, why, tie, runnerUp, whatIf } = decisionWords(choice, demands.prefer)
  const [group] = record.groups
  const columns = [
    { title: record.modelName },
    { title: 'p50 ms', align: 'right' },
    { title: 'p99 ms', align: 'right' },
    { title: 'images/s', align: 'right' },
    { title: group === undefined ? 'memory MiB' : `${memoryTitle(group)} MiB`, align: 'right' },
    { title: 'J/image', align: 'right' },
    { title: 'parity' },
    { title: 'limits' },
  ] as const
  const rows = choice.options.map((option) => {
    const { p50Ms, p99Ms, imagesPerSecond, memoryMib, energyJoules, parity } = optionFigures(option)
    return [
      `${option === choice.recommended ? '→ ' : ''}${optionName(option)}`,
      ...[p50Ms, p99Ms, imagesPerSecond, memoryMib, energyJoules, parity, standingWords(option)],
    ]
  })
  return [
    `${title}${figure === null ? '' : `: ${figure}`}`,
    [why, ...(tie === null ? [] : [tie]), ...(runnerUp === null ? [] : [`Runner-up: ${runnerUp}.`])].join('\n'),
    ...(whatIf.length === 0 ? [] : [['What would change this:', ...whatIf.map((each) => `  ${each}`)].join('\n')]),
    ...runBanners(record),
    textTable(columns, rows, terminal),
  ].join('\n\n')
}

function decisionDocument({ runId }: RunRecord, demands: Demands, choice: Choice) {
  const named = (option: JudgedOption | null) =>
    option && { groupKey: option.group.groupKey, caseKey: option.entry.caseKey, batchSize: option.group.batchSize }
  const { recommended, tie, runnerUp, nearest, options, whatIf } = choice
  return {
    runId,
    demands,
    words: decisionWords(choice, demands.prefer),
    recommended: named(recommended),
    tie: tie && { by: tie.by, brokenBy: tie.brokenBy, members: tie.members.map(named) },
    runnerUp: named(runnerUp),
    nearest: nearest && { ...named(nearest.option), result: nearest.result },
    whatIf: whatIf.map(({ option, ...rest }) => ({ ...rest, option: named(option) })),
    options: options.map((option) => ({
      ...named(option),
      ...{ standing: option.standing, reason: option.reason, isOnFront: option.isOnFront, results: option.results },
    })),
  }
}
