// Measures batch × precision × backend × streams point by point and finds where throughput stops growing. One sweep at
// a time, never during a run or a conversion. A finished point is on disk before the next begins.

import { join } from 'node:path'
import type { BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import { isMeasured } from '../../shared/domain/figure.ts'
import type { RunState } from '../../shared/domain/run.ts'
import type { SweepPlan, SweepPoint, SweepRecord } from '../../shared/domain/sweep.ts'
import { findKnee } from '../../shared/planning/knee.ts'
import { sweepChart, sweepMarkdown } from '../../shared/report/sweep-report.ts'
import { jsonText, writeAtomically } from '../store/atomic-file.ts'

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
  /** Idempotent. Finished points are kept. */
  cancel(): void
}

export interface SweepService {
  /**
   * @param outFolder new or empty, absolute; null makes one next to the runs.
   * Throws BenchError before anything is written if the sweep cannot start.
   */
  start(plan: SweepPlan, outFolder: string | null, onEvent: (event: SweepEvent) => void): Promise<StartedSweep>
  /** Cancels running work and resolves when no worker is left. */
  shutdown(): Promise<void>
}

// Keeps the record of one sweep: writes sweep.json whole after every point and, at the end, sweep.md and its chart.
// Reports a point to listeners only once it is on disk.

type SeriesKey = Pick<SweepPoint, 'backend' | 'precision' | 'artifact' | 'streams'>

export class SweepRecorder {
  readonly #folder: string
  readonly #onEvent: (event: SweepEvent) => void
  #record: SweepRecord

  constructor(folder: string, record: SweepRecord, onEvent: (event: SweepEvent) => void) {
    this.#folder = folder
    this.#record = record
    this.#onEvent = onEvent
  }

  get record(): SweepRecord {
    return this.#record
  }

  tell(event: SweepEvent): void {
    this.#onEvent(event)
  }

  /** Changes the record in memory; `save` puts it on disk. */
  update(changes: Partial<SweepRecord>): void {
    this.#record = { ...this.#record, ...changes }
  }

  note(sentence: string): void {
    if (!this.#record.notes.includes(sentence)) this.update({ notes: [...this.#record.notes, sentence] })
  }

  save(): Promise<void> {
    return writeAtomically(join(this.#folder, 'sweep.json'), jsonText(this.#record))
  }

  async pointEnded(point: SweepPoint): Promise<void> {
    this.update({ points: [...this.#record.points, point] })
    await this.save()
    this.tell({ kind: 'point-ended', point })
  }

  /** Where throughput stops growing, computed at the end of each series. */
  seriesEnded(key: SeriesKey, points: readonly SweepPoint[]): void {
    const curve = points.flatMap(({ batchSize, imagesPerSecond }) =>
      isMeasured(imagesPerSecond) ? [{ batchSize, imagesPerSecond: imagesPerSecond.value }] : [],
    )
    const knee = findKnee(curve)
    if (knee !== null) this.update({ knees: [...this.#record.knees, { ...key, ...knee }] })
  }

  /** Reports the end exactly once; if the disk is full, the record on disk stays as last saved. */
  async end(state: RunState, error: BenchErrorRecord | null, endedAt: string): Promise<void> {
    this.update({ state, error, endedAt })
    try {
      await this.save()
      await writeAtomically(join(this.#folder, 'sweep.svg'), sweepChart(this.#record).text)
      await writeAtomically(join(this.#folder, 'sweep.md'), sweepMarkdown(this.#record))
    } finally {
      this.tell({ kind: 'sweep-ended', record: this.#record })
    }
  }
}
