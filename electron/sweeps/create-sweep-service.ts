// Starts sweeps; only one heavy job runs at a time, counting runs and conversions. A plan that cannot start is refused
// before anything is written.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import { isTuned } from '../../shared/domain/backend-measuring.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { SweepRecord } from '../../shared/domain/sweep.ts'
import { sweepCommand } from '../../shared/planning/sweep-command.ts'
import { newRunId } from '../runs/session/run-service.ts'
import { errorCode, makeFolder, writing } from '../store/atomic-file.ts'
import type { SweepDependencies } from './sweep-execution.ts'
import { executeSweep, runPlanOf, streamNotes } from './sweep-execution.ts'
import type { StartedSweep, SweepService } from './sweep-service.ts'
import { SweepRecorder } from './sweep-service.ts'

export function createSweepService(dependencies: SweepDependencies): SweepService {
  const going = new Set<StartedSweep>()
  return {
    async start(plan, outFolder, onEvent) {
      const [refusal] = (await dependencies.estimate(runPlanOf(plan))).refusals
      if (refusal !== undefined) throw new BenchError(refusal)
      if (plan.candidates.some(isTuned)) {
        throw new BenchError({
          code: 'bad-usage',
          stage: 'plan',
          message: 'A sweep measures backends as they ship, not tuned.',
          remedy: 'Leave out :tuned, and compare tuned candidates in a run.',
        })
      }
      const { manifest, folder: modelFolder } = await dependencies.models.find(plan.model)
      const createdAt = dependencies.utcNow()
      const sweepId = newRunId(createdAt, manifest.id, dependencies.randomSuffix())
      const folder = outFolder ?? join(dependencies.sweepsFolder, sweepId)
      await newFolder(folder)
      const record: SweepRecord = {
        ...{ schemaVersion: 1, sweepId, state: 'queued' },
        simulated: plan.candidates.some(({ backend }) => backend === 'simulated'),
        ...{ createdAt: createdAt.toISOString(), endedAt: null },
        ...{ modelName: manifest.name, command: sweepCommand(plan), plan },
        fingerprint: await dependencies.fingerprint({}),
        ...{ weights: null, points: [], knees: [], error: null },
        notes: [...streamNotes(plan)],
      }
      const recorder = new SweepRecorder(folder, record, onEvent)
      await recorder.save()
      const statuses = await statusesOf(
        dependencies,
        plan.candidates.map(({ backend }) => backend),
      )
      const controller = new AbortController()
      const work = () => {
        recorder.tell({
          ...{ kind: 'sweep-started', sweepId },
          points: plan.candidates.length * new Set(plan.streams).size * new Set(plan.batchSizes).size,
        })
        const job = { recorder, manifest, modelFolder, statuses, signal: controller.signal }
        return executeSweep(dependencies, job)
      }
      const finished = dependencies.takeTurn(work, controller.signal)
      const started: StartedSweep = {
        sweepId,
        finished,
        cancel: () => controller.abort(new Error('The sweep was cancelled.')),
      }
      going.add(started)
      void finished
        .catch((bug: unknown) => dependencies.log(bug instanceof Error ? (bug.stack ?? bug.message) : String(bug)))
        .finally(() => going.delete(started))
      return started
    },
    async shutdown() {
      const sweeps = [...going]
      for (const sweep of sweeps) sweep.cancel()
      await Promise.allSettled(sweeps.map(({ finished }) => finished))
    },
  }
}

async function statusesOf(
  { drivers }: SweepDependencies,
  backends: readonly BackendId[],
): Promise<ReadonlyMap<BackendId, BackendStatus>> {
  const described = await Promise.all([...new Set(backends)].map((backend) => drivers.get(backend)?.describe()))
  return new Map(described.filter((status) => status !== undefined).map((status) => [status.id, status]))
}

async function newFolder(folder: string): Promise<void> {
  try {
    await writing(folder, () => makeFolder(folder))
    if ((await readdir(folder)).length === 0) return
  } catch (error) {
    if (errorCode(error) !== 'EEXIST' && errorCode(error) !== 'ENOTDIR') throw error
  }
  throw new BenchError({
    code: 'folder-not-empty',
    stage: 'store',
    message: `${folder} is not empty.`,
    remedy: 'Name a new or empty folder. A sweep never overwrites another.',
  })
}
