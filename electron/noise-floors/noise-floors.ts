// The noise floors of this machine, one for each preset and device: measured by running a case against itself, kept in
// the data folder, and looked up by every run. A floor of another machine or another app version does not count.

import { BenchError } from '../../shared/domain/bench-error.ts'
import type { NoiseFloor } from '../../shared/domain/noise-floor.ts'
import type { Plan, PresetName } from '../../shared/domain/plan.ts'
import type { UnreadableEntry } from '../../shared/domain/unreadable-entry.ts'

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
  /** Rejects with a BenchError if the machine cannot measure it, and with the signal's reason when cancelled. */
  readonly finished: Promise<NoiseFloor>
  /** Idempotent. Finished comparisons are kept, and the next measurement of the same kind continues from them. */
  cancel(): void
}

export interface NoiseFloors {
  /** Floors of this machine, newest first. */
  list(): Promise<readonly NoiseFloor[]>
  /** Files that cannot be read, of whatever machine. */
  unreadable(): Promise<readonly UnreadableEntry[]>
  find(preset: PresetName, device: Plan['device']): Promise<NoiseFloor | null>
  measure(request: NoiseFloorRequest, onProgress: (progress: NoiseFloorProgress) => void): StartedNoiseFloor
}

// Why a second measurement is refused, whichever service is asked.

export function alreadyMeasuring(): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'plan',
    message: 'A noise floor is being measured already.',
    remedy: 'Wait for it to end, or cancel it.',
  })
}
