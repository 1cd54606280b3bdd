// A case loaded in a worker of its own. Opening is all or nothing: where loading fails, the worker is gone again.
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { BackendWorker } from '../../backends/backend-driver.ts'
import type { GroupContext } from './group-context.ts'
import type { CaseTrial } from './run-case.ts'
import { warmUp } from './warm-up.ts'

export interface ResidentCase {
  readonly trial: CaseTrial
  readonly worker: BackendWorker
}

/** A fresh worker that has done nothing yet. */
export async function openWorker(context: GroupContext, trial: CaseTrial): Promise<BackendWorker> {
  const { backend } = trial.candidate
  const { observer, signal } = context
  context.crashBudget.check(backend)
  const driver = context.drivers.get(backend)
  if (driver === undefined) {
    throw new BenchError({
      code: 'backend-unavailable',
      stage: 'spawn',
      message: `${backend} is not part of this version of Enginebench.`,
      remedy: 'Choose another backend.',
    })
  }
  return driver.open((line) => observer.log(trial.caseKey, line), signal)
}

export async function openCase(context: GroupContext, trial: CaseTrial): Promise<ResidentCase> {
  const { observer, signal } = context
  observer.stageReached('spawn', trial.caseKey, 'Starting a worker')
  const worker = await openWorker(context, trial)
  try {
    observer.stageReached('load', trial.caseKey, 'Loading the model')
    const prepared = await worker.request('prepare', { case: context.workerCaseOf(trial) }, signal)
    trial.prepared ??= prepared
    return { trial, worker }
  } catch (error) {
    await worker.close()
    throw error
  }
}

export async function warmUpCase(context: GroupContext, { trial, worker }: ResidentCase): Promise<void> {
  context.observer.stageReached('warmup', trial.caseKey, 'Warming up to a steady state')
  trial.steadiness.push(await warmUp(worker, context.rules.warmup, context.signal))
}
