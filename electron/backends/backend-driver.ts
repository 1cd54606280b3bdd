// The seam between the executor and whatever runs inference. A driver reaches one backend; `open` gives one worker
// process that holds one case. The executor owns order, rounds and time budgets; the worker owns the loop and the two
// clock reads; a driver owns neither. Errors are BenchErrors; a cancelled call rejects with the signal's reason.
import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import type { WorkerCase } from '../../shared/domain/worker-case.ts'
import type { WorkerCommand } from '../../shared/worker-protocol/command.ts'
import type { WorkerMessageOf } from '../../shared/worker-protocol/message.ts'

type ParametersOf<Name extends WorkerCommand['command']> = Omit<
  Extract<WorkerCommand, { command: Name }>,
  'command' | 'id'
>

export interface CaseWorker {
  /** Null where the backend has no process of its own (simulated). */
  readonly pid: number | null
  prepare(workerCase: WorkerCase, signal: AbortSignal): Promise<WorkerMessageOf<'prepared'>>
  warmup(rule: ParametersOf<'warmup'>, signal: AbortSignal): Promise<WorkerMessageOf<'warmed'>>
  measureBlock(rule: ParametersOf<'measure-block'>, signal: AbortSignal): Promise<WorkerMessageOf<'block'>>
  measureMemory(iterations: number, signal: AbortSignal): Promise<WorkerMessageOf<'memory'>>
  /** In place of `prepare`, on a worker that has done nothing else; it is closed afterwards. */
  coldStart(workerCase: WorkerCase, signal: AbortSignal): Promise<WorkerMessageOf<'cold-started'>>
  sustain(rule: ParametersOf<'sustain'>, signal: AbortSignal): Promise<WorkerMessageOf<'sustained'>>
  serve(arrivalsMs: readonly number[], signal: AbortSignal): Promise<WorkerMessageOf<'served'>>
  splitTime(queries: number, signal: AbortSignal): Promise<WorkerMessageOf<'time-split'>>
  profileLayers(queries: number, signal: AbortSignal): Promise<WorkerMessageOf<'layers-profiled'>>
  writeOutputs(folder: string, signal: AbortSignal): Promise<WorkerMessageOf<'outputs-written'>>
  /** Idempotent; resolves when the process is gone (cancel ladder: message, 2 s, SIGTERM, 3 s, SIGKILL to the group). */
  close(): Promise<void>
}

export interface BackendDriver {
  readonly id: BackendId
  /** Never throws: a backend that cannot run answers with its reason and remedy. */
  describe(): Promise<BackendStatus>
  /** A fresh process that has said hello. The caller closes it. */
  open(log: (line: string) => void, signal: AbortSignal): Promise<CaseWorker>
}
