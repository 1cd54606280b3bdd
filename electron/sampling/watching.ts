// A run's view of sampling. Times in ms from the run's start.
import type { MachineSample } from '../../shared/domain/machine-sample.ts'
import type { SamplingRecord } from '../../shared/domain/sampling-record.ts'

export interface MachineSampler {
  /** The temperature at which the GPU slows itself; null if not known (yet). */
  readonly slowdownCelsius: number | null
  /** Time of the last sample; -1 if there is none. */
  readonly latestAtMs: number
  /** The samples that cover this time, with one more on either side if there is one. */
  between(fromMs: number, toMs: number): readonly MachineSample[]
  /** Waits for a sample of that time or later, at most `limitMs`, and not at all once sampling has ended. */
  caughtUp(atMs: number, limitMs: number, signal: AbortSignal): Promise<void>
  summary(): Omit<SamplingRecord, 'preflight'>
  /** Idempotent; no sample arrives after it. */
  stop(): void
}

export interface SamplerStart {
  /** The GPU to read, by its UUID or CUDA's number; null for the first that CUDA sees. */
  readonly gpu: string | null
  /** On the monotonic clock that all processes share. */
  readonly startedAtNs: number
  readonly onSample: (sample: MachineSample) => void
  /** At most once, with the driver's message: the GPU is lost, and no work on it will finish. */
  readonly onGpuLost: (words: string) => void
}

export type StartMachineSampler = (start: SamplerStart) => MachineSampler
