// What runs are given: by the composition root (none of it is `electron`, none a concrete driver), and by one another.
import type { BackendId, BackendStatus } from '../../../shared/domain/backend.ts'
import type { Fingerprint } from '../../../shared/domain/fingerprint.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { NoiseFloor } from '../../../shared/domain/noise-floor.ts'
import type { Plan, PresetName } from '../../../shared/domain/plan.ts'
import type { KnownLatencyMs } from '../../../shared/planning/estimate-plan.ts'
import type { PlannedGroup } from '../../../shared/planning/expand-plan.ts'
import type { MeasuringRules } from '../../../shared/planning/protocol.ts'
import type { BackendDriver, OpenTaskWorker } from '../../backends/backend-driver.ts'
import type { ResolveRunInputs, RunInputs } from '../../inputs/run-inputs.ts'
import type { MachineSampler, StartMachineSampler } from '../../sampling/watching.ts'
import type { ArtifactStore, ModelCatalog } from '../../services.ts'
import type { CreateRunWriter, ReopenRun } from '../../store/run-writing.ts'
import type { TakeTurn } from '../../turns.ts'
import type { CrashBudget } from '../group/case-steps.ts'
import type { LimitFactsDependencies } from '../passes/limits.ts'
import type { RemainingTime } from './estimates.ts'
import type { RunRecorder } from './run-recorder.ts'

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
  /** Shared with conversions: nothing else of Enginebench runs during a measurement. */
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
  /** What this processor lacks for INT8, as a sentence; null where it lacks nothing. */
  readonly int8Gap: () => Promise<string | null>
  /** For maintainers: bugs with their stacks. */
  readonly log: (line: string) => void
}

/** One run that is to be executed, or the rest of one that is resumed. */
export interface RunJob {
  readonly recorder: RunRecorder
  readonly manifest: ModelManifest
  readonly modelFolder: string
  /** Those to be measured. */
  readonly groups: readonly PlannedGroup[]
  /** groupKeys that an earlier session measured; empty but where a run is resumed. */
  readonly kept: ReadonlySet<string>
  /** What earlier sessions took: where the times of this one begin. */
  readonly earlierMs: number
  readonly statuses: ReadonlyMap<BackendId, BackendStatus>
  readonly outputsFolder: (groupKey: string, caseKey: string) => string
  readonly signal: AbortSignal
}

/** One group of a run, with what all groups of the run share. */
export interface GroupJob {
  readonly group: PlannedGroup
  readonly inputs: RunInputs
  readonly rules: MeasuringRules
  readonly crashBudget: CrashBudget
  readonly startedAtNs: number
  /** Later than the start where the run was resumed. */
  readonly sessionAtNs: number
  readonly sampler: MachineSampler
  /** Shared by the groups of a run. */
  readonly remaining: RemainingTime
  readonly peaks: LimitFactsDependencies['peaks']
}
