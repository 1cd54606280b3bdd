// How ONNX Runtime is set up, in one place, so that the session that proves and the one that is measured are the same.
import type { InferenceSession } from 'onnxruntime-node'
import { z } from 'zod'

/** The backend's options; its form is drawn from their JSON Schema. */
export const optionsSchema = z.strictObject({
  graphOptimization: z.enum(['disabled', 'basic', 'extended', 'all']).default('all'),
})

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
        intra_op: { allow_spinning: '0' },
        inter_op: { allow_spinning: '0' },
        'mlas.enable_gemm_fastmath_arm64_bfloat16': '0',
      },
    },
  }
}

/** As evidence beside the proof. */
export function settingsInWords(threads: number, options: Options): readonly string[] {
  return [
    'execution provider: CPU, no other registered',
    `graph optimization: ${options.graphOptimization}`,
    `intra-op threads: ${threads}, inter-op threads: 1, spinning off`,
    'bfloat16 fast math off',
    'run() is asynchronous in Node: a turn of the event loop is in every sample; garbage collection cannot be off',
  ]
}

/** The same session, which also saves its optimized graph: types in `file`, weights apart so that it stays small. */
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
