// What a command is, what it gets, and how it refuses. A command prints through the terminal and returns the exit code;
// expected failures are thrown as BenchErrors and printed in one place.
import { z } from 'zod'
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type { Option, OptionFault } from '../../shared/domain/option.ts'
import type { Services } from '../services.ts'
import { type ExitCode, isUsageCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/** By the key under which a command reads the value. */
export type OptionSet = Readonly<Record<string, Option>>

export type ValuesOf<Options extends OptionSet> = {
  readonly [Key in keyof Options]: z.output<Options[Key]['schema']>
}

/** What was typed after the command's name, read. */
export interface Typed<Options extends OptionSet = OptionSet> {
  /** Words that are neither options nor their values. */
  readonly words: readonly string[]
  /** Defaults where nothing was typed. */
  readonly values: ValuesOf<Options>
  /** The flags that were typed, without their dashes. */
  readonly given: ReadonlySet<string>
  /** Those of them whose values are refused; their defaults are in `values`. */
  readonly refused: ReadonlySet<string>
}

export interface CommandContext<Options extends OptionSet = OptionSet> extends Typed<Options> {
  readonly services: Services
  readonly terminal: Terminal
  /** Aborted by the first Ctrl+C. */
  readonly signal: AbortSignal
}

export interface CliCommand<Options extends OptionSet = OptionSet> {
  /** As typed, with its words: `report <run>`. */
  readonly usage: string
  readonly description: string
  readonly options: Options
  readonly examples: readonly string[]
  /** What was typed that does not go together: an option that would not be read is refused, never ignored. */
  misfits?(typed: Typed<Options>): readonly OptionFault[]
  /** What else is wrong where options are: the plan's faults, to be reported with theirs. */
  furtherFaults?(context: CommandContext<Options>): Promise<readonly OptionFault[]>
  /** Called only where nothing that was typed is refused. */
  run(context: CommandContext<Options>): Promise<ExitCode>
}

/** Lets the options' keys and schemas give `values` its type. */
export function defineCommand<const Options extends OptionSet>(command: CliCommand<Options>): CliCommand<Options> {
  return command
}

export const progressKinds = ['text', 'jsonl', 'none'] as const
export type ProgressKind = (typeof progressKinds)[number]

/** Options that several commands take. */
export const jsonOption = {
  flag: 'json',
  valueName: null,
  schema: z.boolean().default(false),
  description: 'Print one JSON document on stdout',
} as const satisfies Option

export const progressOption = {
  flag: 'progress',
  valueName: 'kind',
  schema: z.enum(progressKinds).default('text'),
  description: 'How progress is shown on stderr',
} as const satisfies Option

export function usageError(message: string, remedy: string): BenchError {
  return new BenchError({ code: 'bad-usage', stage: 'plan', message, remedy })
}

/** @param why ends the sentence "--cuda does not apply". */
export function doesNotApply(
  { given }: Pick<Typed, 'given'>,
  options: readonly Option[],
  why: string,
  remedy = 'Leave it out.',
): readonly OptionFault[] {
  return options
    .filter(({ flag }) => given.has(flag))
    .map(({ flag }) => ({ code: 'bad-usage', message: `--${flag} does not apply ${why.replace(/\.$/, '')}.`, remedy }))
}

/** What a check finds, or what keeps it from being made at all. */
export async function faultsOfCheck(
  check: () => Promise<readonly (OptionFault | BenchErrorRecord)[]>,
): Promise<readonly (OptionFault | BenchErrorRecord)[]> {
  try {
    return await check()
  } catch (error) {
    if (error instanceof BenchError) return [error.record]
    throw error
  }
}

/** Everything that is wrong with a command, as one error; a single fault stays as it is. */
export function refusalOf(faults: readonly (OptionFault | BenchErrorRecord)[], command: string): BenchError {
  const distinct = [...new Map(faults.map((fault) => [fault.message, fault])).values()]
  const [first] = distinct
  if (first === undefined) throw new Error('a refusal without a fault')
  if (distinct.length === 1) return new BenchError({ stage: 'plan', ...first })
  const isOneCode = distinct.every(({ code }) => code === first.code)
  const code = isOneCode || !distinct.some((fault) => isUsageCode(fault.code)) ? first.code : 'bad-usage'
  return new BenchError({
    code,
    stage: 'plan',
    message: [
      `This command has ${distinct.length} errors:`,
      ...distinct.map(({ message, remedy }) => `  ${message} ${remedy}`),
    ].join('\n'),
    remedy: `Nothing was started. For every option and its range: enginebench ${command} --help`,
  })
}

/** Runs until the work ends; the first Ctrl+C cancels it. */
export async function finishedUnlessCancelled<Result>(
  { finished, cancel }: { readonly finished: Promise<Result>; cancel(): void },
  signal: AbortSignal,
): Promise<Result> {
  const onAbort = () => cancel()
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    return await finished
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
