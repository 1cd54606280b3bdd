// What can be refused before a library is loaded: a case that this backend cannot run, or options it does not have.
import type { z } from 'zod'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { WorkerCase } from '../../../shared/domain/worker-case.ts'

const precisions: ReadonlySet<string> = new Set(['fp32', 'fp16', 'int8'])

/** @returns the ONNX file to run. */
export function caseFile({ precision, device, onnxFile, model }: WorkerCase): string {
  if (device !== 'cpu') {
    throw new BenchError({
      code: 'backend-unavailable',
      stage: 'load',
      message: 'ONNX Runtime in Node runs on the CPU only.',
      remedy: 'Choose the device cpu, or the onnxruntime backend.',
    })
  }
  if (!precisions.has(precision)) {
    throw new BenchError({
      code: 'unsupported-precision',
      stage: 'load',
      message: `ONNX Runtime in Node has no ${precision} on the CPU.`,
      remedy: 'Choose fp32, fp16 or int8.',
    })
  }
  if (onnxFile === null) {
    throw new BenchError({
      code: 'missing-artifact',
      stage: 'load',
      message: `There is no ONNX file of ${model.name} in ${precision}.`,
      remedy: 'Convert the model to ONNX first.',
    })
  }
  return onnxFile
}

export function checkedOptions<Options>(
  schema: z.ZodType<Options>,
  options: Readonly<Record<string, unknown>>,
): Options {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new BenchError({
    code: 'bad-usage',
    stage: 'load',
    message:
      `The options do not fit ONNX Runtime in Node: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim() +
      '.',
    remedy: 'Take the options that `enginebench doctor` lists for it.',
  })
}
