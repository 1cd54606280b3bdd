// Why nothing can be done with a conversion, in words for the user.
import { BenchError } from '../../shared/domain/bench-error.ts'

export function unknownConversion(conversionId: string): BenchError {
  return new BenchError({
    code: 'unknown-conversion',
    stage: 'store',
    message: `There is no conversion «${conversionId}».`,
    remedy: 'It may have been dismissed; start it again from its model.',
  })
}

export function stillGoing(conversionId: string): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'store',
    message: `The conversion «${conversionId}» has not ended.`,
    remedy: 'Cancel it first.',
  })
}

export function ofAnotherProcess(conversionId: string): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'store',
    message: `The conversion «${conversionId}» is being done by another process.`,
    remedy: 'Cancel it where it was started.',
  })
}

export function unexpected(error: unknown): BenchError {
  return new BenchError({
    code: 'unexpected',
    stage: 'build',
    message: 'The conversion ended by an error of this app.',
    remedy: 'Report it with the log.',
    cause: error instanceof Error ? error.message : String(error),
  })
}
