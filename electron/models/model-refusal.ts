// The two reasons to refuse a model file: it is not a complete ONNX model, or it is unsafe.
import { BenchError } from '../../shared/domain/bench-error.ts'

export function badModelFile(what: string, cause: string | null = null): BenchError {
  return new BenchError({
    code: 'bad-model-file',
    stage: 'load',
    message: `The model file cannot be used: ${what}.`,
    remedy: 'Export the model to ONNX again, or choose another file.',
    cause,
  })
}

export function unsafeModelFile(what: string): BenchError {
  return new BenchError({
    code: 'unsafe-model-file',
    stage: 'load',
    message: `The model file is refused for safety: ${what}.`,
    remedy: 'Use a model from a source you trust, exported as plain ONNX with its data in the same folder.',
    cause: null,
  })
}
