// Stops starting workers of a backend that keeps crashing: three crashes within five minutes use the budget up.
import type { BackendId } from '../../shared/domain/backend.ts'
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'

const allowedCrashes = 3
const windowMs = 5 * 60_000
const crashCodes = new Set<BenchErrorRecord['code']>(['worker-crashed', 'worker-stalled', 'protocol-violation'])

export class CrashBudget {
  readonly #nowMs: () => number
  readonly #crashesMs = new Map<BackendId, number[]>()

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  note(backend: BackendId, error: BenchErrorRecord): void {
    if (!crashCodes.has(error.code)) return
    this.#crashesMs.set(backend, [...this.#recent(backend), this.#nowMs()])
  }

  /** Throws where the budget is used up. */
  check(backend: BackendId): void {
    if (this.#recent(backend).length < allowedCrashes) return
    throw new BenchError({
      code: 'worker-crashed',
      stage: 'spawn',
      message: `${backend} crashed ${allowedCrashes} times within five minutes and is not started again in this run.`,
      remedy: 'Look at the log of the crashed cases, repair the backend, and run again.',
    })
  }

  #recent(backend: BackendId): number[] {
    const since = this.#nowMs() - windowMs
    return (this.#crashesMs.get(backend) ?? []).filter((atMs) => atMs > since)
  }
}
