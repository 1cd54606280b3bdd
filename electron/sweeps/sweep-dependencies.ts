// What sweeps are given by the composition root: what runs have, and the checks of plans that runs make.
import type { RunDependencies } from '../runs/session/run-dependencies.ts'
import type { RunService } from '../services.ts'

export interface SweepDependencies
  extends Pick<
    RunDependencies,
    | 'drivers'
    | 'models'
    | 'inputs'
    | 'fingerprint'
    | 'takeTurn'
    | 'nowNs'
    | 'utcNow'
    | 'freeMemoryBytes'
    | 'randomSuffix'
    | 'log'
  > {
  readonly estimate: RunService['estimate']
  /** A folder a sweep, where none is named. */
  readonly sweepsFolder: string
}
