// The noise floors of this machine, one for each preset and device: measured by running a case against itself, kept in
// the data folder, and looked up by every run. A floor of another machine, or of another version of the app, is none.

import { BenchError } from '../../shared/domain/bench-error.ts'
import type { NoiseFloor } from '../../shared/domain/noise-floor.ts'
import type { Plan, PresetName } from '../../shared/domain/plan.ts'

export interface NoiseFloorRequest {
  readonly preset: PresetName
  readonly device: Plan['device']
  /** At least `fewestComparisons`. */
  readonly comparisons: number
}

export interface NoiseFloorProgress {
  readonly done: number
  readonly of: number
  readonly remainingMs: number | null
}

interface StartedNoiseFloor {
  /** Rejects with a BenchError where the machine cannot measure it, and with the cancel's reason when cancelled. */
  readonly finished: Promise<NoiseFloor>
  /** Idempotent. Comparisons that are done are kept, and the next measurement of the same kind goes on from them. */
  cancel(): void
}

export interface NoiseFloors {
  /** Of this machine; newest first. */
  list(): Promise<readonly NoiseFloor[]>
  find(preset: PresetName, device: Plan['device']): Promise<NoiseFloor | null>
  measure(request: NoiseFloorRequest, onProgress: (progress: NoiseFloorProgress) => void): StartedNoiseFloor
}

// Why a second measurement is refused, whoever is asked for it.

export function alreadyMeasuring(): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'plan',
    message: 'A noise floor is being measured already.',
    remedy: 'Wait for it to end, or cancel it.',
  })
}
