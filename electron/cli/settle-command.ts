import { resolve } from 'node:path'
import { z } from 'zod'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { OptionFault } from '../../shared/domain/option.ts'
import { launchBudgetOptions, planSchema } from '../../shared/domain/plan.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { SettleProposal } from '../../shared/ipc/contract.ts'
import { resolveOption, type SettleSide } from '../../shared/planning/settle-plan.ts'
import { shellWord } from '../../shared/planning/shell-word.ts'
import { forecastSentences, settledAnswer } from '../../shared/report/settle-words.ts'
import { compareRuns } from '../../shared/statistics/compare-runs.ts'
import {
  type CommandContext,
  defineCommand,
  finishedUnlessCancelled,
  jsonOption,
  progressOption,
  refusalOf,
  usageError,
} from './command.ts'
import { comparisonText } from './compare-command.ts'
import { type ExitCode, exitCodeOfRun, exitCodes } from './exit-code.ts'
import { durationText } from './figure-text.ts'
import { eventWriter, runText } from './run-text.ts'
import { type NamedSide, namedSide, settleInputOptions, settleSides } from './settle-sides.ts'

export const settleOptions = {
  resolve: resolveOption,
  budgetMs: { ...launchBudgetOptions.budgetMs, description: 'Maximum time of the launches', defaultText: 'none' },
  ...settleInputOptions,
  batch: {
    flag: 'batch',
    valueName: 'size',
    schema: planSchema.shape.batchSizes.element.default(1),
    description: 'Batch size of cases that are named without a run',
  },
  dryRun: {
    flag: 'dry-run',
    valueName: null,
    schema: z.boolean().default(false),
    description: 'Say how long it takes, and measure nothing',
  },
  out: {
    flag: 'out',
    valueName: 'folder',
    schema: z.string().optional(),
    description: 'Folder of the new run: new or empty',
    defaultText: 'a folder with the other runs',
  },
  progress: progressOption,
  json: jsonOption,
} as const

type SettleContext = CommandContext<typeof settleOptions>

/** Measures two cases again, side by side, until it is known which is faster or that they are the same. */
export const settleCommand = defineCommand({
  usage: 'settle <case> <case>',
  description:
    'Measure two cases again, interleaved in one run, until one is faster or both are the same. A case is RUN, RUN:CASE, the hash of an artifact, or BACKEND:PRECISION with --model',
  options: settleOptions,
  examples: [
    'enginebench settle ./before ./after --resolve 2%',
    'enginebench settle ./clip:onnxruntime-fp32 ./clip:openvino-fp32',
    'enginebench settle onnxruntime-node:fp32 onnxruntime-node:int8 --model digits',
  ],
  async run(context) {
    const { services, terminal, values, signal } = context
    const named = await namedSides(context)
    const sides = await settleSides({ ...context, batchSize: values.batch }, named)
    const { resolve: margin, budgetMs = null } = values
    const proposal = await services.settling.propose(...sides, { margin, budgetMs })
    if (proposal.obstacles.length > 0) return told(context, named, proposal)
    for (const line of forecastSentences(proposal, margin, durationText)) terminal.note(line)
    if (values.dryRun) {
      if (values.json) terminal.result(JSON.stringify(proposal, null, 2))
      return exitCodes.done
    }
    signal.throwIfAborted()
    const out = values.out === undefined ? null : resolve(values.out)
    const started = await services.runs.start(proposal.plan, out, eventWriter(values.progress, terminal))
    const record = await finishedUnlessCancelled(started, signal)
    const answer = settledAnswer(record, filesThen(sides))
    if (values.json) terminal.result(JSON.stringify({ answer, record }, null, 2))
    else terminal.result([answerText(answer, record, values.out), runText(record, terminal, values.out)].join('\n\n'))
    if (record.error) terminal.note(`${record.error.message} ${record.error.remedy}`)
    return exitCodeOfSettled(record, answer)
  },
})

/** Both words are looked up before either is refused. */
async function namedSides(context: SettleContext): Promise<readonly [NamedSide, NamedSide]> {
  const looked = await Promise.all(
    context.words.map((word) =>
      namedSide(context, word).catch((error: unknown) => {
        if (error instanceof BenchError) return error
        throw error
      }),
    ),
  )
  const faults = looked.flatMap((each) => (each instanceof BenchError ? [each.record] : []))
  if (faults.length > 0) throw refusalOf(faults, 'settle')
  const [left, right] = looked.flatMap((each) => (each instanceof BenchError ? [] : [each]))
  if (left === undefined || right === undefined) throw usageError('settle needs two cases.', 'Name both.')
  return [left, right]
}

/** What cannot be measured again: two runs stand side by side, without a verdict; anything else is refused. */
function told(
  { terminal, values }: SettleContext,
  [left, right]: readonly [NamedSide, NamedSide],
  { obstacles }: SettleProposal,
): ExitCode {
  const isTwoRuns = left.kind === 'run' && right.kind === 'run' && left.record.runId !== right.record.runId
  if (!isTwoRuns) {
    throw refusalOf(
      obstacles.map(
        (message): OptionFault => ({
          code: 'bad-usage',
          message,
          remedy: 'Choose two cases that can be measured side by side on this machine.',
        }),
      ),
      'settle',
    )
  }
  const comparison = compareRuns([left.record, right.record], 0, 'it cannot be measured again here')
  const heading = [
    'These cannot be measured again here, side by side, so their records are compared, without a verdict:',
    ...obstacles,
  ]
  if (values.json) terminal.result(JSON.stringify({ answer: null, obstacles }, null, 2))
  else terminal.result([heading.join('\n  '), comparisonText({ comparison, gate: null }, terminal)].join('\n\n'))
  return exitCodes.cannotTell
}

function filesThen([left, right]: readonly [SettleSide, SettleSide]): [string | null, string | null] {
  return [left.recorded?.entry.artifactSha256 ?? null, right.recorded?.entry.artifactSha256 ?? null]
}

function answerText(
  { sentence, notes, verdict }: ReturnType<typeof settledAnswer>,
  record: RunRecord,
  out: string | undefined,
): string {
  const isOpen = verdict === 'undecided' && record.state === 'completed'
  const more = isOpen ? [`To measure on: enginebench run --continue ${shellWord(out ?? record.runId)}`] : []
  return [sentence, ...notes, ...more].join('\n')
}

function exitCodeOfSettled(record: RunRecord, { verdict }: ReturnType<typeof settledAnswer>): ExitCode {
  const code = exitCodeOfRun(record)
  if (code !== exitCodes.done) return code
  return verdict === 'undecided' || verdict === 'refused' ? exitCodes.cannotTell : exitCodes.done
}
