import { type LaunchBudget, type LaunchCost, roundsPerLaunch } from '../../../shared/planning/launch-budget.ts'

/** The rounds of every launch of a group: chosen once, when its first start has been paid for. */
export class LaunchRounds {
  #count: number | null

  /** @param known what an earlier session chose. */
  constructor(known: number | null) {
    this.#count = known
  }

  /** Null until the first launch has started. */
  get count(): number | null {
    return this.#count
  }

  /** Only the first call chooses. */
  choose(cost: LaunchCost, budget: LaunchBudget): number {
    this.#count ??= roundsPerLaunch(cost, budget)
    return this.#count
  }
}
