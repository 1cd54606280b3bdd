// A sweep service on simulated drivers and a real folder, beside a run service that shares its turns and its clock.
import { join } from 'node:path'
import { createSweepService } from '../../electron/sweeps/create-sweep-service.ts'
import type { SweepDependencies } from '../../electron/sweeps/sweep-execution.ts'
import type { SweepEvent } from '../../electron/sweeps/sweep-service.ts'
import type { SweepPlan } from '../../shared/domain/sweep.ts'
import { exampleRecord } from './example-record.ts'
import { runBench } from './run-bench.ts'

export async function sweepBench(root: string, changes: Partial<SweepDependencies> = {}) {
  const bench = await runBench(root)
  const sweepsFolder = join(bench.folder, 'sweeps')
  const service = createSweepService({
    ...bench.dependencies,
    estimate: (plan) => bench.service.estimate(plan),
    sweepsFolder,
    ...changes,
  })
  return {
    ...bench,
    sweeps: service,
    async sweep(plan: SweepPlan, onEvent: (event: SweepEvent, cancel: () => void) => void = () => {}) {
      const events: SweepEvent[] = []
      let cancel = () => {}
      const started = await service.start(plan, null, (event) => {
        events.push(event)
        onEvent(event, () => cancel())
      })
      cancel = started.cancel
      const record = await started.finished
      return { record, events, folder: join(sweepsFolder, record.sweepId) }
    },
  }
}

type Options = Readonly<Record<string, unknown>>

/** A sweep of one simulated case for each set of options. */
export function simulatedSweep(cases: readonly Options[], changes: Partial<SweepPlan> = {}): SweepPlan {
  const { preset: _preset, ...plan } = exampleRecord().plan
  return {
    ...plan,
    model: 'tiny',
    candidates: cases.map((options) => ({ backend: 'simulated', precision: 'fp32', options: { ...options } })),
    batchSizes: [1, 2, 4, 8, 16],
    streams: [1],
    pointMs: 1000,
    ...changes,
  }
}
