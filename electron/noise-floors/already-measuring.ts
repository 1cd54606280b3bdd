// Why a second measurement is refused, whoever is asked for it.
import { BenchError } from '../../shared/domain/bench-error.ts'

export function alreadyMeasuring(): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'plan',
    message: 'A noise floor is being measured already.',
    remedy: 'Wait for it to end, or cancel it.',
  })
}
