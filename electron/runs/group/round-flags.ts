// Flags the blocks of each round once the machine's samples of that time have arrived: a round's median clock is known
// only when it has ended, and samples arrive slightly later than blocks. Measuring never waits for it between rounds,
// and only briefly at the end of a launch. Blocks of a case without a process (simulated) are not judged.
import type { BlockFlags, SampleBlock } from '../../../shared/domain/sample-block.ts'
import { flagRound, type JudgingRules } from '../../../shared/sampling/block-flags.ts'
import type { MachineSampler } from '../../sampling/watching.ts'
import type { RunCase } from './run-case.ts'

export interface BlockOfRound {
  readonly runCase: RunCase
  readonly workerPid: number | null
  readonly block: SampleBlock
}

interface RoundFlagsDependencies {
  readonly sampler: Pick<MachineSampler, 'latestAtMs' | 'between' | 'caughtUp'>
  readonly rules: JudgingRules
  /** Resolves when they are written. */
  readonly onFlags: (runCase: RunCase, flags: BlockFlags) => Promise<void>
}

/** How long the end of a launch waits for the samples of its last round. */
const lastSamplesLimitMs = 600

export class RoundFlags {
  readonly #dependencies: RoundFlagsDependencies
  #waiting: (readonly BlockOfRound[])[] = []

  constructor(dependencies: RoundFlagsDependencies) {
    this.#dependencies = dependencies
  }

  async roundEnded(measured: readonly BlockOfRound[]): Promise<void> {
    const judged = measured.filter(({ workerPid }) => workerPid !== null)
    if (judged.length > 0) this.#waiting.push(judged)
    const latest = this.#dependencies.sampler.latestAtMs
    const ready = this.#waiting.filter((round) => endOf(round) <= latest)
    this.#waiting = this.#waiting.filter((round) => endOf(round) > latest)
    for (const round of ready) await this.#judge(round)
  }

  async launchEnded(signal: AbortSignal): Promise<void> {
    const last = this.#waiting.at(-1)
    if (last === undefined) return
    await this.#dependencies.sampler.caughtUp(endOf(last), lastSamplesLimitMs, signal)
    const rounds = this.#waiting
    this.#waiting = []
    for (const round of rounds) await this.#judge(round)
  }

  async #judge(round: readonly BlockOfRound[]): Promise<void> {
    const { sampler, rules, onFlags } = this.#dependencies
    const from = Math.min(...round.map(({ block }) => block.startedAtNs / 1e6))
    const blocks = round.map(({ workerPid, block }) => ({
      startedAtMs: block.startedAtNs / 1e6,
      endedAtMs: block.endedAtNs / 1e6,
      workerPid,
    }))
    const flags = flagRound(blocks, sampler.between(from, endOf(round)), rules)
    for (const [index, { runCase, block }] of round.entries()) {
      const added = (flags[index] ?? []).filter((flag) => !block.flags.includes(flag))
      if (added.length > 0) await onFlags(runCase, { block: block.block, flags: added })
    }
  }
}

function endOf(round: readonly BlockOfRound[]): number {
  return Math.max(...round.map(({ block }) => block.endedAtNs / 1e6))
}
