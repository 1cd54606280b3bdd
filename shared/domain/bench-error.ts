// An expected failure, in words a user can act on: what failed, at which stage, what to do. Anything thrown that is not
// a BenchError is a bug: logged with its stack, shown as `unexpected` without it. A cancel is neither: it is a state,
// never an error. The list of codes is closed; Python's (enginebench_worker/wire/bench_error.py) is generated from it.
import { z } from 'zod'

export const benchErrorCodes = [
  'bad-usage',
  'unknown-model',
  'unknown-backend',
  'unsupported-precision',
  'batch-outside-profile',
  'no-images',
  'no-readable-images',
  'input-mismatch',
  'bad-model-file',
  'unsafe-model-file',
  'missing-artifact',
  'export-failed',
  'weights-unavailable',
  'backend-unavailable',
  'python-unavailable',
  'python-setup-failed',
  'licence-not-accepted',
  'out-of-memory-host',
  'out-of-memory-gpu',
  'worker-crashed',
  'worker-stalled',
  'protocol-violation',
  'invalid-samples',
  'disk-full',
  'folder-not-empty',
  'not-writable',
  'record-unreadable',
  'newer-schema',
  'inference-failed',
  'capture-refused',
  'fallback',
  'interrupted',
  'display-unavailable',
  'unknown-run',
  'unknown-artifact',
  'unknown-conversion',
  'bad-recipe',
  'bad-profile',
  'unsupported-operator',
  'mixed-precision',
  'conversion-failed',
  'build-failed',
  'precision-not-proved',
  'no-calibration-images',
  'untrusted-engine',
  'untrusted-code',
  'model-code-failed',
  'bad-analyzer',
  'no-videos',
  'unreadable-video',
  'gpu-faulted',
  'gpu-lost',
  'unsynchronized',
  'unexpected',
] as const

export const stageNames = [
  'setup',
  'plan',
  'inputs',
  'export',
  'simplify',
  'precision',
  'calibrate',
  'build',
  'spawn',
  'load',
  'memory',
  'warmup',
  'measure',
  'cold-start',
  'energy',
  'time-split',
  'layers',
  'serve',
  'limits',
  'parity',
  'summarize',
  'store',
  'report',
] as const

export const stageSchema = z.enum(stageNames)
export type Stage = z.infer<typeof stageSchema>

export const benchErrorSchema = z.object({
  code: z.enum(benchErrorCodes),
  stage: stageSchema,
  /** What failed, one sentence, no stack. */
  message: z.string().min(1),
  /** What the user can do about it, one sentence. */
  remedy: z.string().min(1),
  /** The underlying message (a library's, an exit signal), for the log; null if there is none. */
  cause: z.string().nullable(),
})
export type BenchErrorRecord = z.infer<typeof benchErrorSchema>
export type BenchErrorCode = BenchErrorRecord['code']

export class BenchError extends Error {
  readonly record: BenchErrorRecord

  constructor(record: Omit<BenchErrorRecord, 'cause'> & { readonly cause?: string | null }) {
    super(record.message)
    this.name = 'BenchError'
    this.record = { ...record, cause: record.cause ?? null }
  }
}
