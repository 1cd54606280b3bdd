// A run service on simulated drivers and real folders: everything between a plan and its record, in an instant.
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackendDriver } from '../../electron/backends/backend-driver.ts'
import { createSimulatedDriver, SimulatedClock } from '../../electron/backends/simulated-driver.ts'
import type { RunDependencies } from '../../electron/runs/session/run-dependencies.ts'
import { createRunService } from '../../electron/runs/session/run-service.ts'
import { reopenRun } from '../../electron/store/reopen-run.ts'
import { createRunWriter } from '../../electron/store/run-writer.ts'
import { createTurns } from '../../electron/turns.ts'
import type { BackendId } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import { exampleManifest } from './example-manifest.ts'
import { exampleRecord } from './example-record.ts'
import { silentSampler } from './silent-sampler.ts'

export async function runBench(root: string, changes: Partial<RunDependencies> = {}) {
  const folder = await mkdtemp(join(root, 'bench-'))
  const clock = new SimulatedClock()
  const simulated = createSimulatedDriver(clock)
  let suffix = 0
  const dependencies: RunDependencies = {
    drivers: new Map<BackendId, BackendDriver>([['simulated', simulated]]),
    models: {
      list: async () => [exampleManifest()],
      find: async () => ({ manifest: exampleManifest(), folder }),
      trust: async () => {},
    },
    inputs: () => Promise.reject(new Error('A simulated run needs no inputs.')),
    openTaskWorker: () => Promise.reject(new Error('A simulated run has no tasks.')),
    artifacts: { list: async () => [] },
    createRunWriter,
    reopenRun,
    runsFolder: join(folder, 'runs'),
    fingerprint: async (software) => ({ ...exampleRecord().fingerprint, software: { ...software } }),
    startSampler: silentSampler,
    observeMs: 0,
    int8Gap: async () => null,
    noiseFloor: async () => null,
    takeTurn: createTurns(),
    nowNs: () => clock.nowNs(),
    utcNow: () => new Date(Date.UTC(2026, 0, 1) + clock.nowNs() / 1e6),
    freeMemoryBytes: () => 64e9,
    hugePageBytes: () => null,
    knownLatencies: async () => () => null,
    randomSuffix: () => {
      suffix += 1
      return `t${suffix}`
    },
    log: () => {},
    ...changes,
  }
  const service = createRunService(dependencies)
  return {
    folder,
    clock,
    dependencies,
    service,
    runsFolder: dependencies.runsFolder,
    async run(plan: Plan, onEvent: (event: RunEvent, cancel: () => void) => void = () => {}) {
      const events: RunEvent[] = []
      let cancel = () => {}
      const started = await service.start(plan, null, (event) => {
        events.push(event)
        onEvent(event, () => cancel())
      })
      cancel = started.cancel
      const record = await started.finished
      return { record, events, folder: join(dependencies.runsFolder, record.runId) }
    },
  }
}

type Options = Readonly<Record<string, unknown>>

/** A plan of simulated cases, one for each set of options. */
export function simulatedPlan(cases: readonly Options[], changes: Partial<Plan> = {}): Plan {
  return {
    ...exampleRecord().plan,
    model: 'tiny',
    candidates: cases.map((options) => ({ backend: 'simulated', precision: 'fp32', options: { ...options } })),
    ...changes,
  }
}

export function caseOf(record: RunRecord, caseKey: string, group = 0) {
  const found = record.groups[group]?.cases.find((entry) => entry.caseKey === caseKey)
  if (found === undefined) throw new Error(`The record has no case ${caseKey}.`)
  return found
}

export function eventsOf<Kind extends RunEvent['kind']>(events: readonly RunEvent[], kind: Kind) {
  return events.filter((event): event is Extract<RunEvent, { kind: Kind }> => event.kind === kind)
}

export function diskFull(path: string): BenchError {
  return new BenchError({ code: 'disk-full', stage: 'store', message: `No room for ${path}.`, remedy: 'Free some.' })
}
