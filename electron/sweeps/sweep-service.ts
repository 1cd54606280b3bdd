// Measures batch × precision × backend × streams point by point and tells where throughput stops growing. One sweep at
// a time, and none beside a run or a conversion. What is done is on disk before the next point begins.
import type { SweepPlan, SweepPoint, SweepRecord } from '../../shared/domain/sweep.ts'

export type SweepEvent =
  | { readonly kind: 'sweep-started'; readonly sweepId: string; readonly points: number }
  | {
      readonly kind: 'point-started'
      readonly point: Pick<SweepPoint, 'backend' | 'precision' | 'artifact' | 'batchSize' | 'streams'>
    }
  | { readonly kind: 'point-ended'; readonly point: SweepPoint }
  | { readonly kind: 'sweep-ended'; readonly record: SweepRecord }

export interface StartedSweep {
  readonly sweepId: string
  /** Resolves with the final record in every end state; rejects only on a bug. */
  readonly finished: Promise<SweepRecord>
  /** Idempotent. Points that are done are kept. */
  cancel(): void
}

export interface SweepService {
  /**
   * @param outFolder new or empty, absolute; null makes one beside the runs.
   * Throws BenchError before anything is written when the sweep cannot start.
   */
  start(plan: SweepPlan, outFolder: string | null, onEvent: (event: SweepEvent) => void): Promise<StartedSweep>
  /** Cancels what runs and resolves when no worker is left. */
  shutdown(): Promise<void>
}
