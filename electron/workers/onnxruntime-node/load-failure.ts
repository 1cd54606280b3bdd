// What ONNX Runtime says when it cannot load or run, as an error with a remedy. Its own words go to the cause.

import type { Stage } from '../../../shared/domain/bench-error.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'

const memoryWords = /bad_alloc|failed to allocate|out of memory|not enough memory/i

export function loadFailure(error: unknown): BenchError {
  const cause = wordsOf(error)
  if (memoryWords.test(cause)) return outOfMemory('load', cause)
  return new BenchError({
    code: 'bad-model-file',
    stage: 'load',
    message: 'ONNX Runtime cannot load this model.',
    remedy: /not implemented|unsupported|is not a registered function/i.test(cause)
      ? 'It uses an operator or type that ONNX Runtime does not have on the CPU; export it with another opset or precision.'
      : 'Export the model again, or choose another file.',
    cause,
  })
}

export function queryFailure(error: unknown, stage: Stage): BenchError {
  const cause = wordsOf(error)
  if (memoryWords.test(cause)) return outOfMemory(stage, cause)
  return new BenchError({
    code: 'inference-failed',
    stage,
    message: 'ONNX Runtime failed while it ran the model.',
    remedy: 'See the cause in the log; try another batch size.',
    cause,
  })
}

function outOfMemory(stage: Stage, cause: string): BenchError {
  return new BenchError({
    code: 'out-of-memory-host',
    stage,
    message: 'There is not enough memory for this model at this batch size.',
    remedy: 'Use a smaller batch size.',
    cause,
  })
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
