// How long a run will go on, from what its rounds and its launches have taken so far: blocks still to come at the mean
// time of a block, launches still to come at the mean time of everything around the rounds (loading, memory, warm-up).
// Times in ms. Null before the first round: nothing is known then.
export interface PlannedWork {
  readonly blocks: number
  readonly launches: number
}

export class RemainingTime {
  readonly #planned: PlannedWork
  #blocksDone = 0
  #blocksAdded = 0
  #launchesBegun = 0
  #roundsMs = 0
  #passesMs = 0

  constructor(planned: PlannedWork) {
    this.#planned = planned
  }

  launchBegun(): void {
    this.#launchesBegun += 1
  }

  blockDone(): void {
    this.#blocksDone += 1
  }

  /** One that was not planned, and is done. */
  blockAdded(): void {
    this.#blocksAdded += 1
  }

  roundDone(durationMs: number): void {
    this.#roundsMs += durationMs
  }

  /** Of a group that is done. */
  passesDone(durationMs: number): void {
    this.#passesMs += durationMs
  }

  /** @param elapsedMs since the run began. @param passesLeftMs what passes will take from now on. */
  estimateMs(elapsedMs: number, passesLeftMs = 0): number | null {
    if (this.#roundsMs === 0 || this.#blocksDone === 0) return null
    const blockMs = this.#roundsMs / this.#blocksDone
    const launchMs = Math.max(0, elapsedMs - this.#roundsMs - this.#passesMs) / Math.max(1, this.#launchesBegun)
    const blocksLeft = Math.max(0, this.#planned.blocks + this.#blocksAdded - this.#blocksDone)
    const launchesLeft = Math.max(0, this.#planned.launches - this.#launchesBegun)
    return blockMs * blocksLeft + launchMs * launchesLeft + passesLeftMs
  }
}
