// All that the executor needs to run one group, gathered by the run's execution; nothing in it changes while it runs.
import type { BackendId } from '../../shared/domain/backend.ts'
import type { WorkerCase } from '../../shared/domain/worker-case.ts'
import type { MeasuringRules } from '../../shared/planning/protocol.ts'
import type { BackendDriver } from '../backends/backend-driver.ts'
import type { MachineSampler } from '../sampling/watching.ts'
import type { LaunchWidthRule } from './added-rounds.ts'
import type { CaseTrial } from './case-trial.ts'
import type { CrashBudget } from './crash-budget.ts'
import type { GroupObserver } from './group-observer.ts'
import type { RoundFlags } from './round-flags.ts'

export interface GroupContext {
  readonly groupKey: string
  readonly rules: MeasuringRules
  /** Null where the preset's rounds are all. */
  readonly widthRule: LaunchWidthRule | null
  /** Seed of the shuffled orders of this group. */
  readonly seed: number
  readonly drivers: ReadonlyMap<BackendId, BackendDriver>
  readonly workerCaseOf: (trial: CaseTrial) => WorkerCase
  readonly outputsFolderOf: (trial: CaseTrial) => string
  readonly crashBudget: CrashBudget
  readonly observer: GroupObserver
  readonly flags: RoundFlags
  readonly sampler: MachineSampler
  /** Whether the cases run on a GPU. */
  readonly onGpu: boolean
  /** Of the GPU, all of it; null on a CPU and where it is not known. */
  readonly gpuMemoryBytes: number | null
  readonly nowNs: () => number
  /** On the workers' clock: block times are counted from here. */
  readonly runStartedAtNs: number
  readonly freeMemoryBytes: () => number
  readonly signal: AbortSignal
}
