// Turns any exception into what failed and what to do. Anything except a BenchError is a bug, and says so.
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'

export function errorRecord(error: unknown): BenchErrorRecord {
  if (error instanceof BenchError) return error.record
  return {
    code: 'unexpected',
    stage: 'setup',
    message: 'Enginebench hit an internal error.',
    remedy: 'Try again. If it happens again, report it; the log file has the details.',
    cause: error instanceof Error ? error.message : String(error),
  }
}
