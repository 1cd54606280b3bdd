// What a command is, what it gets, and how it refuses. A command prints through the terminal and returns the exit code;
// expected failures are thrown as BenchErrors and printed in one place.
import { z } from 'zod'
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type { Option, OptionFault } from '../../shared/domain/option.ts'
import type { Services } from '../services.ts'
import { type ExitCode, isUsageCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/** The key under which a command reads the value. */
export type OptionSet = Readonly<Record<string, Option>>

export type ValuesOf<Options extends OptionSet> = {
  readonly [Key in keyof Options]: z.output<Options[Key]['schema']>
}

/** The words typed after the command's name, parsed. */
export interface Typed<Options extends OptionSet = OptionSet> {
  /** Words that are neither options nor their values. */
  readonly words: readonly string[]
  /** Includes defaults. */
  readonly values: ValuesOf<Options>
  /** The flags that were typed, without their dashes. */
  readonly given: ReadonlySet<string>
  /** The flags whose values were refused; `values` holds their defaults. */
  readonly refused: ReadonlySet<string>
}

export interface CommandContext<Options extends OptionSet = OptionSet> extends Typed<Options> {
  readonly services: Services
  readonly terminal: Terminal
  /** Aborted by the first Ctrl+C. */
  readonly signal: AbortSignal
}

export interface CliCommand<Options extends OptionSet = OptionSet> {
  /** As typed, with its arguments: `report <run>`. */
  readonly usage: string
  readonly description: string
  readonly options: Options
  readonly examples: readonly string[]
  /** Typed options that do not go together: an option that would not be read is refused, never ignored. */
  misfits?(typed: Typed<Options>): readonly OptionFault[]
  /** Other faults found together with the options: the plan's faults, reported in the same error. */
  furtherFaults?(context: CommandContext<Options>): Promise<readonly OptionFault[]>
  /** Called only if no typed option was refused. */
  run(context: CommandContext<Options>): Promise<ExitCode>
}

/** Derives the type of `values` from the options' keys and schemas. */
export function defineCommand<const Options extends OptionSet>(command: CliCommand<Options>): CliCommand<Options> {
  return command
}

const progressKinds = ['text', 'jsonl', 'none'] as const
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

/** The faults a check finds, or the error that prevents the check. */
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

/** All faults of a command as one error; a single fault stays as it is. */
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
