// What the executor tells while it works. The recorder answers by writing and passing on; a test by remembering.
import type { Stage } from '../../shared/domain/bench-error.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import type { CaseTrial } from './case-trial.ts'

export interface GroupObserver {
  stageReached(stage: Stage, caseKey: string | null, message: string): void
  caseChanged(trial: CaseTrial): void
  launchBegun(launch: number): void
  /** Resolves when the block is safe on disk; rejects with `disk-full`, which ends the run. */
  blockMeasured(trial: CaseTrial, block: SampleBlock): Promise<void>
  roundCompleted(launch: number, round: number, durationMs: number): void
  log(source: string, line: string): void
}
