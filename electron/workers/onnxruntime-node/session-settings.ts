// How ONNX Runtime is set up, in one place, so that the proved session and the measured one are the same; what can be
// refused before the library is loaded; and the library's own failures as errors with a remedy.
import type { InferenceSession } from 'onnxruntime-node'
import { z } from 'zod'
import { backendMeasuring } from '../../../shared/domain/backend-measuring.ts'
import { BenchError, type Stage } from '../../../shared/domain/bench-error.ts'
import type { WorkerCase } from '../../../shared/domain/worker-case.ts'

/** The backend's options; the form is generated from their JSON Schema. */
export const optionsSchema = z.strictObject({
  graphOptimization: z.enum(['disabled', 'basic', 'extended', 'all']).default('all'),
  /** Without VNNI the fast kernels of x64 saturate at 16 bits; the exact ones do not, and are slower. */
  int8Kernels: z.enum(['fast', 'exact']).default('fast'),
  spinning: z.boolean().default(true).meta({ title: 'Threads spin while they wait for work' }),
  tuned: z
    .boolean()
    .default(false)
    .meta({ title: `Tuned: ${backendMeasuring['onnxruntime-node'].tuned}` }),
})

/**
 * By default, threads spin for about 50 ms after a query; 1 ms is much longer than the gap between two queries, and was
 * as fast. The same in Python.
 */
const spinLimitUs = 1000

const tunedSettings = { set_denormal_as_zero: '1', dynamic_block_base: '4' }

export type Options = z.infer<typeof optionsSchema>

export function sessionSettings(threads: number, options: Options): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: options.graphOptimization,
    logSeverityLevel: 3,
    extra: {
      session: {
        intra_op: options.spinning
          ? { allow_spinning: '1', spin_duration_us: String(spinLimitUs) }
          : { allow_spinning: '0' },
        inter_op: { allow_spinning: '0' },
        'mlas.enable_gemm_fastmath_arm64_bfloat16': '0',
        ...(options.int8Kernels === 'exact' && { x64quantprecision: '1' }),
        ...(options.tuned && tunedSettings),
      },
    },
  }
}

/** Evidence for the proof. */
export function settingsInWords(threads: number, options: Options): readonly string[] {
  return [
    'execution provider: CPU, no other registered',
    `graph optimization: ${options.graphOptimization}`,
    ...(options.int8Kernels === 'exact' ? ['INT8 kernels: exact'] : []),
    `intra-op threads: ${threads}, inter-op threads: 1`,
    options.spinning ? `spinning for at most ${spinLimitUs} µs without work` : 'spinning off',
    ...(options.tuned ? [`tuned: ${backendMeasuring['onnxruntime-node'].tuned}`] : []),
    'bfloat16 fast math off',
    'run() is asynchronous in Node: a turn of the event loop is in every sample; garbage collection cannot be off',
  ]
}

/**
 * The same session, but it also saves its optimized graph: types in `file`, weights separately so that it stays small.
 */
export function savingSettings(settings: InferenceSession.SessionOptions, file: string, weightsFile: string) {
  return {
    ...settings,
    optimizedModelFilePath: file,
    extra: {
      session: {
        ...(typeof settings.extra?.session === 'object' ? settings.extra.session : {}),
        optimized_model_external_initializers_file_name: weightsFile,
        optimized_model_external_initializers_min_size_in_bytes: '1024',
      },
    },
  }
}

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
      message: `${model.name} has no ONNX file in ${precision}.`,
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
      `ONNX Runtime in Node does not accept these options: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim() +
      '.',
    remedy: 'Use the options that `enginebench doctor` lists for it.',
  })
}

const memoryWords = /bad_alloc|failed to allocate|out of memory|not enough memory/i

export function loadFailure(error: unknown): BenchError {
  const cause = wordsOf(error)
  if (memoryWords.test(cause)) return outOfMemory('load', cause)
  const lacking = lackingOperator(cause)
  if (lacking !== null) {
    return new BenchError({
      code: 'unsupported-operator',
      stage: 'load',
      message: `ONNX Runtime cannot compute ${lacking} on the CPU.`,
      remedy: 'Export it with standard operators and other types or another opset, or use another backend.',
      cause,
    })
  }
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

const lackingPatterns = [
  /Could not find an implementation for (?<operator>\w+)\((?<opset>\d+)\) node with name '(?<name>[^']*)'/,
  /Failed to find kernel for (?<operator>[\w.]+)\((?<opset>\d+)\) \(node:'(?<name>[^']*)'/,
  /Fatal error: (?<operator>[\w.:]+)\((?<opset>-?\d+)\) is not a registered function\/op/,
]

/** `Swish (opset 24) "/block/act"`, as ONNX Runtime names what it has no kernel for; null for other words. */
export function lackingOperator(words: string): string | null {
  const found = lackingPatterns.map((pattern) => pattern.exec(words)?.groups).find((groups) => groups !== undefined)
  if (found === undefined) return null
  const { operator = '', opset = '', name = '' } = found
  return `${operator}${opset.startsWith('-') ? '' : ` (opset ${opset})`}${name === '' ? '' : ` "${name}"`}`
}

export function queryFailure(error: unknown, stage: Stage): BenchError {
  const cause = wordsOf(error)
  if (memoryWords.test(cause)) return outOfMemory(stage, cause)
  return new BenchError({
    code: 'inference-failed',
    stage,
    message: `ONNX Runtime failed ${failedAt(cause)}.`,
    remedy:
      'If only larger batches fail, the graph holds the batch of its export: measure batch 1, or export it again.',
    cause,
  })
}

/** `at Reshape "flatten"`: ONNX Runtime names the node. */
function failedAt(cause: string): string {
  const [, operator, name] = /while running (\w+) node\. Name:'([^']*)'/.exec(cause) ?? []
  return operator === undefined ? 'while it ran the model' : `at ${operator} "${name}" while it ran the model`
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
