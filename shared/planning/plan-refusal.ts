// A reason why a plan cannot start, as an expected failure.
import type { BenchErrorCode, BenchErrorRecord } from '../domain/bench-error.ts'

export function planRefusal(code: BenchErrorCode, message: string, remedy: string): BenchErrorRecord {
  return { code, stage: 'plan', message, remedy, cause: null }
}
