import {
  type LaunchBudget,
  type LaunchCost,
  launchMs,
  roundsPerLaunch,
} from '../../../shared/planning/launch-budget.ts'

/** The rounds of every launch of a group: chosen once, when its first start has been paid for. */
export class LaunchRounds {
  #count: number | null
  #launchMs: number | null = null

  /** @param known what an earlier session chose. */
  constructor(known: number | null) {
    this.#count = known
  }

  /** Null until the first launch has started. */
  get count(): number | null {
    return this.#count
  }

  /** What a launch costs by the first start of this session; null until then. */
  get launchMs(): number | null {
    return this.#launchMs
  }

  /** Only the first call chooses. @param cost of a launch after the first, which warms up for longer. */
  choose(cost: LaunchCost, budget: LaunchBudget): number {
    this.#count ??= roundsPerLaunch(cost, budget)
    this.#launchMs ??= launchMs(cost, this.#count)
    return this.#count
  }
}
