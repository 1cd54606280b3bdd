// The one place where the command line prints an error: what failed and what to do, one line each. Never a stack;
// a bug's stack goes to the log file, which is named.
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { Log } from '../system/log.ts'
import type { Terminal } from './terminal.ts'
import { styled } from './terminal.ts'

export function printFailure(error: unknown, terminal: Terminal, asJson: boolean, log: Log, logsFolder: string): void {
  const { record } = error instanceof BenchError ? error : unexpected(error, log, logsFolder)
  terminal.note(styled('red', `error: ${record.message}`, terminal.noteIsTerminal))
  terminal.note(record.remedy)
  if (asJson) terminal.result(JSON.stringify({ error: record }, null, 2))
}

function unexpected(error: unknown, log: Log, logsFolder: string): BenchError {
  log.error('unexpected failure', error)
  return new BenchError({
    code: 'unexpected',
    stage: 'setup',
    message: `Something went wrong that should not: ${error instanceof Error ? error.message : String(error)}`,
    remedy: `Please report it with the last lines of the log in ${logsFolder}.`,
  })
}
