// The seam to a Python worker that does jobs instead of measuring: reads images, finds weights, exports ONNX.
// Same process type and protocol as a case's worker, but a process used for tasks is never used for a case.
// One task at a time. Rejects with a BenchError; a cancelled task rejects with the signal's reason.

import type { BackendId } from '../../shared/domain/backend.ts'
import type { BuildPhase, LogEntry } from '../../shared/domain/conversion.ts'
import type { WeightsOrigin } from '../../shared/domain/model.ts'
import type { WorkerCommand } from '../../shared/worker-protocol/command.ts'
import type { WorkerMessageOf } from '../../shared/worker-protocol/message.ts'

export type TaskParameters<Name extends WorkerCommand['command']> = Omit<
  Extract<WorkerCommand, { command: Name }>,
  'command' | 'id'
>

/** What a builder tells beyond a fraction; empty for other tasks. */
export interface BuildDetail {
  readonly phases: readonly BuildPhase[]
  readonly entries: readonly LogEntry[]
}

/** `fraction` is 0..1, or null where it cannot be told. */
export type TaskProgress = (fraction: number | null, text: string, detail?: BuildDetail) => void

export interface TaskWorker {
  describeBackends(signal: AbortSignal): Promise<WorkerMessageOf<'backends-described'>>
  prepareInputs(
    parameters: TaskParameters<'prepare-inputs'>,
    onProgress: TaskProgress,
    signal: AbortSignal,
  ): Promise<WorkerMessageOf<'inputs-prepared'>>
  resolveWeights(
    parameters: TaskParameters<'resolve-weights'>,
    onProgress: TaskProgress,
    signal: AbortSignal,
  ): Promise<WorkerMessageOf<'weights-resolved'>>
  exportOnnx(
    parameters: TaskParameters<'export-onnx'>,
    onProgress: TaskProgress,
    signal: AbortSignal,
  ): Promise<WorkerMessageOf<'exported'>>
  checkOnnx(parameters: TaskParameters<'check-onnx'>, signal: AbortSignal): Promise<WorkerMessageOf<'onnx-checked'>>
  simplifyOnnx(
    parameters: TaskParameters<'simplify-onnx'>,
    onProgress: TaskProgress,
    signal: AbortSignal,
  ): Promise<WorkerMessageOf<'onnx-converted'>>
  convertPrecision(
    parameters: TaskParameters<'convert-precision'>,
    onProgress: TaskProgress,
    signal: AbortSignal,
  ): Promise<WorkerMessageOf<'onnx-converted'>>
  measureSensitivity(
    parameters: TaskParameters<'measure-sensitivity'>,
    onProgress: TaskProgress,
    signal: AbortSignal,
  ): Promise<WorkerMessageOf<'sensitivity-measured'>>
  /** A cancelled build takes effect within 2 s, whatever the library does: its process is ended. */
  buildEngine(
    parameters: TaskParameters<'build-engine'>,
    onProgress: TaskProgress,
    signal: AbortSignal,
  ): Promise<WorkerMessageOf<'engine-built'>>
  countWork(parameters: TaskParameters<'count-work'>, signal: AbortSignal): Promise<WorkerMessageOf<'work-counted'>>
  measurePeak(
    parameters: TaskParameters<'measure-peak'>,
    signal: AbortSignal,
  ): Promise<WorkerMessageOf<'peak-measured'>>
  /** Idempotent; resolves when the process is gone. */
  close(): Promise<void>
}

/**
 * A fresh worker that has said hello, in the environment that runs `backend` (`ultralytics` has one of its own).
 * Rejects with `python-unavailable` and its remedy where there is none.
 */
export type OpenTaskWorker = (
  backend: BackendId,
  log: (line: string) => void,
  signal: AbortSignal,
) => Promise<TaskWorker>

/** Weights resolved once for a run, as every case gets them. */
export interface ResolvedWeights {
  readonly origin: WeightsOrigin
  readonly folder: string | null
  readonly seed: number
  readonly sha256: string | null
  readonly reason: string
}
