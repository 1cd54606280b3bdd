// What runs depend on, given by the composition root (no `electron`, no concrete driver), and what one run passes to
// its parts.
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
  /** Artifacts of conversions: plans name them by hash. */
  readonly artifacts: Pick<ArtifactStore, 'list'>
  readonly createRunWriter: CreateRunWriter
  readonly reopenRun: ReopenRun
  readonly runsFolder: string
  /** This machine, with the software that the workers reported as loaded. */
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
  /** Memory of a process in huge pages; null if it cannot be read. */
  readonly hugePageBytes: (pid: number) => number | null
  /** Four characters of [a-z0-9] that distinguish two runs of the same second. */
  readonly randomSuffix: () => string
  /** Median latencies from earlier runs of this model on this machine; for estimating how long a plan takes. */
  readonly knownLatencies: (plan: Plan, manifest: ModelManifest) => Promise<KnownLatencyMs>
  /** The smallest difference this machine can show with this design; null if it was not measured. */
  readonly noiseFloor: (preset: PresetName, device: Plan['device']) => Promise<NoiseFloor | null>
  /** Why this processor is not suited to INT8, in one sentence; null if nothing is missing. */
  readonly int8Gap: () => Promise<string | null>
  /** For maintainers: bugs with their stacks. */
  readonly log: (line: string) => void
}

/** One run to execute, or the rest of a resumed one. */
export interface RunJob {
  readonly recorder: RunRecorder
  readonly manifest: ModelManifest
  readonly modelFolder: string
  /** The groups to measure. */
  readonly groups: readonly PlannedGroup[]
  /** Whether `groups` get further launches, instead of being measured from their start. */
  readonly continues: boolean
  /** groupKeys that an earlier session measured; empty unless the run is resumed or continued. */
  readonly kept: ReadonlySet<string>
  /** Duration of the earlier sessions: the offset of this session's times. */
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
  /** Later than the start if the run was resumed. */
  readonly sessionAtNs: number
  readonly sampler: MachineSampler
  /** Shared by the groups of a run. */
  readonly remaining: RemainingTime
  readonly peaks: LimitFactsDependencies['peaks']
}
