// A backend whose every worker is a process of its own that speaks the real protocol under the real supervisor, and
// fails as the options of its case tell it to (see fake-worker.py).
import type { BackendDriver } from '../../electron/backends/backend-driver.ts'
import type { RunDependencies } from '../../electron/runs/session/run-dependencies.ts'
import { noInputs } from '../../electron/runs/session/run-files.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import { type FakeWorkerOptions, isRunning, startFakeWorker } from './fake-worker.ts'
import { simulatedPlan } from './run-bench.ts'

export interface Fault {
  readonly on?: string
  readonly fault?: string
  /** How many of those commands go well before. */
  readonly after?: number
  /** The only batch size that fails; without it, every one does. */
  readonly onBatch?: number
  /** How long each of its blocks lasts; 5 without it. */
  readonly blockMs?: number
}

export interface FakeBackend {
  /** What a bench of runs needs to use it. */
  readonly dependencies: Partial<RunDependencies>
  /** Batch size and process of every worker that prepared a case, in order. */
  readonly prepared: readonly { readonly batchSize: number; readonly pid: number }[]
  /** Processes of it that still run. */
  running(): readonly number[]
}

export function fakeBackend(options: FakeWorkerOptions = {}): FakeBackend {
  const prepared: { batchSize: number; pid: number }[] = []
  const driver: BackendDriver = {
    id: 'torch-eager',
    describe: async () => ({
      ...{ id: 'torch-eager', runsIn: 'python', available: true, reason: null, remedy: null, version: '1' },
      ...{ precisions: ['fp32'], devices: ['cpu', 'cuda'], licence: null, optionsSchema: null },
    }),
    open: async () => {
      const { worker } = await startFakeWorker(null, options)
      const request = worker.request.bind(worker)
      worker.request = (name, parameters, signal, onProgress) => {
        if ('case' in parameters) prepared.push({ batchSize: parameters.case.batchSize, pid: worker.pid ?? 0 })
        return request(name, parameters, signal, onProgress)
      }
      return worker
    },
  }
  return {
    prepared,
    running: () => prepared.map(({ pid }) => pid).filter(isRunning),
    dependencies: {
      drivers: new Map([[driver.id, driver]]),
      inputs: async ({ plan, manifest }) => {
        const none = noInputs(plan, manifest)
        // Nothing is computed, so nothing can be compared: timing only.
        return { ...none, weights: { ...none.weights, origin: 'seeded' } }
      },
      nowNs: () => Number(process.hrtime.bigint()),
    },
  }
}

/** One case for each fault, or for none, on the GPU as far as the plan goes. */
export function faultPlan(faults: readonly (Fault | null)[], changes: Partial<Plan> = {}): Plan {
  const { candidates, ...plan } = simulatedPlan(faults.map((fault) => ({ ...fault })))
  return {
    ...plan,
    candidates: candidates.map((candidate) => ({ ...candidate, backend: 'torch-eager' })),
    device: 'cuda',
    ...changes,
  }
}
