// What was typed is wrong: said in one line with the way to see what would be right.
import { BenchError } from '../../shared/domain/bench-error.ts'

export function usageError(message: string, remedy: string): BenchError {
  return new BenchError({ code: 'bad-usage', stage: 'plan', message, remedy })
}
