// How the outcome of a request crosses to the window: a value, an expected failure in its own words, or a bug, which
// is logged in full and shown without its stack.
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type { Answer } from '../../shared/ipc/contract.ts'

export type LogError = (message: string, error: unknown) => void

export function failureAnswer(name: string, error: unknown, logError: LogError): Answer {
  if (error instanceof BenchError) return { ok: false, error: error.record }
  logError(`request ${name} failed unexpectedly`, error)
  return { ok: false, error: unexpectedFailure(name) }
}

export function refusalAnswer(message: string): Answer {
  return {
    ok: false,
    error: { code: 'bad-usage', stage: 'setup', message, remedy: 'Reload the window and try again.', cause: null },
  }
}

export function unexpectedFailure(name: string): BenchErrorRecord {
  return {
    code: 'unexpected',
    stage: 'setup',
    message: `Something unexpected happened while the app handled “${name}”.`,
    remedy: 'Try again; the details are in the log, in the data folder under logs.',
    cause: null,
  }
}
