// Whatever was thrown, as what failed and what to do. Anything but a BenchError is a bug, and says so.
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'

export function errorRecord(error: unknown): BenchErrorRecord {
  if (error instanceof BenchError) return error.record
  return {
    code: 'unexpected',
    stage: 'setup',
    message: 'Something went wrong inside Enginebench.',
    remedy: 'Try again; if it comes back, the log file has the details for a bug report.',
    cause: error instanceof Error ? error.message : String(error),
  }
}
