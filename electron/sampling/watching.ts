// What a run knows of sampling. Times in ms from the run's start.
import type { MachineSample } from '../../shared/domain/machine-sample.ts'
import type { SamplingRecord } from '../../shared/domain/sampling-record.ts'

export interface MachineSampler {
  /** Where the GPU slows itself; null where that is not known (yet). */
  readonly slowdownCelsius: number | null
  /** Of the last sample; -1 where there is none. */
  readonly latestAtMs: number
  /** The samples that tell of this time, with one more on either side where there is one. */
  between(fromMs: number, toMs: number): readonly MachineSample[]
  /** Waits for a sample of that time or later, at most so long, and not at all once sampling has ended. */
  caughtUp(atMs: number, limitMs: number, signal: AbortSignal): Promise<void>
  summary(): Omit<SamplingRecord, 'preflight'>
  /** Idempotent; no sample comes after it. */
  stop(): void
}

export interface SamplerStart {
  /** Of the monotonic clock that all processes share. */
  readonly startedAtNs: number
  readonly onSample: (sample: MachineSample) => void
  /** At most once, in the driver's words: the GPU is gone, and nothing that runs on it will finish. */
  readonly onGpuLost: (words: string) => void
}

export type StartMachineSampler = (start: SamplerStart) => MachineSampler
