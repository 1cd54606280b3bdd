// What every command gets and answers. A command prints through the terminal and returns the exit code; expected
// failures are thrown as BenchErrors and printed in one place.
import type { Services } from '../services.ts'
import type { ExitCode } from './exit-code.ts'
import type { Options } from './option-value.ts'
import type { Terminal } from './terminal.ts'

export interface CommandContext {
  readonly services: Services
  readonly terminal: Terminal
  readonly options: Options
  /** Words after the command's name. */
  readonly words: readonly string[]
  /** Aborted by the first Ctrl+C. */
  readonly signal: AbortSignal
}

export interface CommandOption {
  readonly flags: string
  readonly description: string
}

export interface CliCommand {
  /** As typed, with its words: `report <run>`. */
  readonly usage: string
  readonly description: string
  readonly options: readonly CommandOption[]
  readonly examples: readonly string[]
  run(context: CommandContext): Promise<ExitCode>
}

export const jsonOption: CommandOption = { flags: '--json', description: 'Print one JSON document on stdout' }
