// The seam between callers and whatever does the work. `open` gives one worker process, which holds one case or does
// one task after another. The executor owns order, rounds and time budgets; the worker owns the loop and the two clock
// reads; a driver owns neither. Errors are BenchErrors; a cancelled request rejects with the signal's reason.
import { type BackendId, type BackendStatus, licenceOfBackend } from '../../shared/domain/backend.ts'
import { BenchError, type BenchErrorCode } from '../../shared/domain/bench-error.ts'
import type { BuildPhase, LogEntry } from '../../shared/domain/conversion.ts'
import type { RequestName, RequestParameters, RequestResult } from '../../shared/worker-protocol/requests.ts'

/** What a builder reports beyond a fraction; empty for other tasks. */
export interface BuildDetail {
  readonly phases: readonly BuildPhase[]
  readonly entries: readonly LogEntry[]
}

/** `fraction` is 0..1, or null if unknown. */
export type TaskProgress = (fraction: number | null, text: string, detail?: BuildDetail) => void

export interface BackendWorker {
  /** Null if the backend has no process of its own (simulated). */
  readonly pid: number | null
  /** One request at a time: sending a second before the first is answered is a bug. */
  request<Name extends RequestName>(
    name: Name,
    parameters: RequestParameters<Name>,
    signal: AbortSignal,
    onProgress?: TaskProgress,
  ): Promise<RequestResult<Name>>
  /** Idempotent; resolves when the process is gone (message, after 2 s SIGTERM, after 3 s SIGKILL to the group). */
  close(): Promise<void>
}

/** Answers each request, for a worker without a process. */
export type RequestHandlers = {
  readonly [Name in RequestName]?: (
    parameters: RequestParameters<Name>,
    signal: AbortSignal,
    onProgress: TaskProgress,
  ) => Promise<RequestResult<Name>>
}

/** A worker inside this process. A request without a handler is a bug. */
export function workerAnswering(handlers: RequestHandlers, close: () => Promise<void> = async () => {}): BackendWorker {
  return {
    pid: null,
    async request(name, parameters, signal, onProgress = () => {}) {
      const handler: RequestHandlers[typeof name] = handlers[name]
      if (handler === undefined) throw new Error(`This worker does not answer ${name}.`)
      return handler(parameters, signal, onProgress)
    },
    close,
  }
}

/**
 * A fresh worker that has said hello, in the environment that runs `backend` (`ultralytics` has its own).
 * Rejects with `python-unavailable` and its remedy if there is no such environment. `visibleGpu` is the only GPU that
 * the worker will see (its CUDA_VISIBLE_DEVICES); without it, the worker sees what this process sees.
 */
export type OpenTaskWorker = (
  backend: BackendId,
  log: (line: string) => void,
  signal: AbortSignal,
  visibleGpu?: string | null,
) => Promise<BackendWorker>

export interface BackendDriver {
  readonly id: BackendId
  /** Never throws: a backend that cannot run answers with its reason and remedy. */
  describe(): Promise<BackendStatus>
  /** A fresh process that has said hello and sees only `visibleGpu`. The caller closes it. */
  open(log: (line: string) => void, signal: AbortSignal, visibleGpu?: string | null): Promise<BackendWorker>
}

// A backend that cannot be asked. It is still listed, with the reason and the remedy.
export function unavailableStatus(
  id: BackendId,
  runsIn: BackendStatus['runsIn'],
  reason: string,
  remedy: string,
): BackendStatus {
  return {
    id,
    runsIn,
    available: false,
    reason,
    remedy,
    version: null,
    precisions: [],
    devices: [],
    licence: licenceOfBackend(id),
    optionsSchema: null,
  }
}

/** @throws anything that is not a BenchError: that is a bug. */
export function statusOfFailure(id: BackendId, runsIn: BackendStatus['runsIn'], error: unknown): BackendStatus {
  if (!(error instanceof BenchError)) throw error
  const { message, remedy } = error.record
  const reason = isWorkersEnd(error) ? `It could not be asked what it can do. ${message}` : message
  return unavailableStatus(id, runsIn, reason, remedy)
}

const endCodes: ReadonlySet<BenchErrorCode> = new Set(['worker-crashed', 'worker-stalled', 'out-of-memory-host'])

/** A worker that ended says nothing about what it was asked: something else may have ended it. */
export function isWorkersEnd(error: unknown): boolean {
  return error instanceof BenchError && endCodes.has(error.record.code)
}
