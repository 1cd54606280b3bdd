// What runs are given by the composition root. None of it is `electron`, none of it a concrete driver.
import type { BackendId } from '../../shared/domain/backend.ts'
import type { Fingerprint } from '../../shared/domain/fingerprint.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { NoiseFloor } from '../../shared/domain/noise-floor.ts'
import type { Plan, PresetName } from '../../shared/domain/plan.ts'
import type { KnownLatencyMs } from '../../shared/planning/estimate-plan.ts'
import type { BackendDriver, OpenTaskWorker } from '../backends/backend-driver.ts'
import type { ResolveRunInputs } from '../inputs/run-inputs.ts'
import type { StartMachineSampler } from '../sampling/watching.ts'
import type { ArtifactStore, ModelCatalog } from '../services.ts'
import type { CreateRunWriter, ReopenRun } from '../store/run-writing.ts'
import type { TakeTurn } from '../turns.ts'

export interface RunDependencies {
  readonly drivers: ReadonlyMap<BackendId, BackendDriver>
  readonly models: ModelCatalog
  readonly inputs: ResolveRunInputs
  /** Counts work and measures what the device can do. */
  readonly openTaskWorker: OpenTaskWorker
  /** What conversions made: plans name artifacts by their hash. */
  readonly artifacts: Pick<ArtifactStore, 'list'>
  readonly createRunWriter: CreateRunWriter
  readonly reopenRun: ReopenRun
  readonly runsFolder: string
  /** Of this machine, with the software that the workers said they loaded. */
  readonly fingerprint: (software: Readonly<Record<string, string>>) => Promise<Fingerprint>
  /** Shared with conversions: nothing of ours runs beside a measurement. */
  readonly takeTurn: TakeTurn
  readonly startSampler: StartMachineSampler
  /** How long the machine is watched before a run. */
  readonly observeMs: number
  /** The clock that the workers read: CLOCK_MONOTONIC, in nanoseconds. */
  readonly nowNs: () => number
  readonly utcNow: () => Date
  readonly freeMemoryBytes: () => number
  /** Four characters of [a-z0-9] that tell two runs of one second apart. */
  readonly randomSuffix: () => string
  /** Medians of cases as earlier runs of this model on this machine found them; for foretelling how long a plan takes. */
  readonly knownLatencies: (plan: Plan, manifest: ModelManifest) => Promise<KnownLatencyMs>
  /** What this machine was found to tell apart with this design; null where that was not measured. */
  readonly noiseFloor: (preset: PresetName, device: Plan['device']) => Promise<NoiseFloor | null>
  /** For maintainers: bugs with their stacks. */
  readonly log: (line: string) => void
}
