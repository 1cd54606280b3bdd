import { resolve } from 'node:path'
import { z } from 'zod'
import type { BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type { Option, OptionFault } from '../../shared/domain/option.ts'
import {
  launchBudgetOptions,
  launchBudgetSchema,
  marginOption,
  type Plan,
  planSchema,
} from '../../shared/domain/plan.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import type { PlanEstimate } from '../../shared/ipc/contract.ts'
import { modelWords } from '../../shared/report/model-words.ts'
import type { StartedRun } from '../services.ts'
import {
  type CommandContext,
  defineCommand,
  doesNotApply,
  faultsOfCheck,
  finishedUnlessCancelled,
  jsonOption,
  progressOption,
  refusalOf,
  type Typed,
} from './command.ts'
import { exitCodeOfRun } from './exit-code.ts'
import { runFolderNamed } from './named-folders.ts'
import { passesFrom, passMisfits, passOptions } from './pass-options.ts'
import {
  canPlan,
  neededModel,
  type PlanDefaults,
  planDefaults,
  planMisfits,
  plannedInputs,
  planOptions,
} from './plan-options.ts'
import { eventWriter, runText } from './run-text.ts'

const ownOptions = {
  ...planOptions,
  batch: {
    flag: 'batch',
    valueName: 'sizes',
    schema: planSchema.shape.batchSizes.optional(),
    description: 'Batch sizes, e.g. 1,8',
    defaultText: '1, or what --shapes states, or the smallest that the model takes',
  },
  preset: {
    flag: 'preset',
    valueName: 'name',
    schema: planSchema.shape.preset.default('quick'),
    description:
      'How long to measure: quick about 1 minute for each batch size, standard 10, rigorous until it is decided',
  },
  margin: marginOption,
  ...launchBudgetOptions,
  resume: {
    flag: 'resume',
    valueName: 'run',
    schema: z.string().optional(),
    description: 'Finish a run that ended early, named by its folder or id',
  },
  continue: {
    flag: 'continue',
    valueName: 'run',
    schema: z.string().optional(),
    description: 'Measure more launches of a completed run, until its undecided comparisons are decided',
  },
  out: {
    flag: 'out',
    valueName: 'folder',
    schema: z.string().optional(),
    description: 'The run folder itself: new or empty',
    defaultText: 'a folder with the other runs',
  },
  progress: progressOption,
  json: jsonOption,
} as const satisfies Readonly<Record<string, Option>>

export type RunTyped = Typed<typeof ownOptions>
type RunContext = CommandContext<typeof ownOptions>

/** With these, the other options only choose the output: the record's plan decides what is measured. */
const earlierRun = ['resume', 'continue'] as const
const withEarlierRun: ReadonlySet<string> = new Set(['progress', 'json'])

const runOptions = { ...ownOptions, ...passOptions } as typeof ownOptions

/** Benchmarks a model and keeps the record as a run folder. */
export const runCommand = defineCommand({
  usage: 'run',
  description: 'Benchmark a model on one or more backends',
  options: runOptions,
  examples: [
    'enginebench run --model digits',
    'enginebench run --model clip-vit-b32 --backends torch-eager:fp32,onnxruntime:fp32 --batch 1,8 --out ./clip',
    'enginebench run --model digits --cold-start --offline --server-bound 20',
    'enginebench run --resume ./clip',
    'enginebench run --continue ./clip',
  ],
  misfits(typed) {
    const named = earlierRun.find((flag) => typed.given.has(flag))
    if (named !== undefined) {
      const others = Object.values<Option>(runOptions).filter(({ flag }) => flag !== named && !withEarlierRun.has(flag))
      const remedy = `Leave it out, or start a new run without --${named}.`
      return doesNotApply(typed, others, `with --${named}: a run continues with its own plan`, remedy)
    }
    return [...neededModel(typed, 'run'), ...passMisfits(typed, typed.values.device)]
  },
  async furtherFaults(context) {
    return earlierRun.some((flag) => context.given.has(flag)) || !canPlan(context)
      ? []
      : faultsOfCheck(async () => (await checkedPlan(context)).faults)
  },
  async run(context) {
    const { terminal, values, signal } = context
    const started = await begun(context, eventWriter(values.progress, terminal))
    const record = await finishedUnlessCancelled(started, signal)
    terminal.result(values.json ? JSON.stringify(record, null, 2) : runText(record, terminal, namedRun(values)))
    if (record.error) terminal.note(`${record.error.message} ${record.error.remedy}`)
    return exitCodeOfRun(record)
  },
})

export function planFrom(typed: Pick<RunTyped, 'values' | 'given'>, defaults: PlanDefaults): Plan {
  const { batch, preset, margin, mostLaunches, budgetMs, device } = typed.values
  const limits = Object.values(launchBudgetOptions)
  return {
    ...plannedInputs(typed, defaults),
    batchSizes: batch ?? [defaults.batchSize ?? 1],
    preset,
    ...(typed.given.has(marginOption.flag) && { margin }),
    ...(limits.some(({ flag }) => typed.given.has(flag)) && {
      budget: launchBudgetSchema.parse({ mostLaunches, budgetMs }),
    }),
    ...passesFrom(typed, device),
  }
}

/** As the user named the run; undefined if only its id does. */
function namedRun({ out, resume, continue: continued }: RunTyped['values']): string | undefined {
  return out ?? resume ?? continued
}

async function begun(context: RunContext, onEvent: (event: RunEvent) => void): Promise<StartedRun> {
  const { services, terminal, values, signal } = context
  if (values.resume !== undefined) {
    return services.runs.resume(await runFolderNamed(services, values.resume), onEvent)
  }
  if (values.continue !== undefined) {
    return services.runs.continueRun(await runFolderNamed(services, values.continue), onEvent)
  }
  const { plan, estimate, faults } = await checkedPlan(context)
  if (faults.length > 0) throw refusalOf(faults, 'run')
  for (const warning of estimate.warnings) terminal.note(`note: ${warning}`)
  await noteModel(context, plan.model)
  signal.throwIfAborted()
  return services.runs.start(plan, values.out === undefined ? null : resolve(values.out), onEvent)
}

/** What will be run of a model that Enginebench does not know, before it runs. */
async function noteModel({ services, terminal, values }: RunContext, model: string): Promise<void> {
  if (values.progress === 'jsonl' || values.progress === 'none') return
  const { manifest } = await services.models.find(model)
  if (manifest.assumptions === undefined) return
  for (const { title, text } of modelWords(manifest)) terminal.note(`${title}: ${text}`)
  for (const assumption of manifest.assumptions) terminal.note(`note: ${assumption}`)
}

/** Throws what prevents making a plan: a missing model or artifact, or no backend at all. */
async function checkedPlan(context: RunContext): Promise<{
  readonly plan: Plan
  readonly estimate: PlanEstimate
  readonly faults: readonly (OptionFault | BenchErrorRecord)[]
}> {
  const plan = planFrom(context, await planDefaults(context))
  const [misfits, estimate] = await Promise.all([
    planMisfits(context, plan, context.services),
    context.services.runs.estimate(plan),
  ])
  return { plan, estimate, faults: [...misfits, ...estimate.refusals] }
}
