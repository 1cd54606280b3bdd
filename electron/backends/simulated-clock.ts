// A monotonic clock in nanoseconds that simulated work moves forward at once. It never runs behind the clock under it.
export class SimulatedClock {
  readonly #beneath: () => number
  #aheadUntilNs = 0

  constructor(beneath: () => number = () => 0) {
    this.#beneath = beneath
  }

  nowNs(): number {
    return Math.max(this.#beneath(), this.#aheadUntilNs)
  }

  advanceMs(durationMs: number): void {
    this.#aheadUntilNs = this.nowNs() + Math.round(durationMs * 1e6)
  }
}
