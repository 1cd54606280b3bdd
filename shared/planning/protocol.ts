// How much is measured: the rules of blocks and warm-up as numbers. The executor and the workers carry the rules out.
// How many launches and rounds there are: launch-budget.ts. Units: milliseconds, counts.
import { type DeviceKind, deviceKindOf } from '../domain/device.ts'
import type { Plan, PresetName } from '../domain/plan.ts'

export interface BlockRule {
  /** A block lasts this long and contains at least `minimumSamples`. */
  readonly targetMs: number
  readonly minimumSamples: number
  /** If `minimumSamples` would last longer than this, the block contains what fits, and at least `floorSamples`. */
  readonly capMs: number
  readonly floorSamples: number
}

export interface WarmupRule {
  readonly minimumIterations: number
  readonly minimumMs: number
  /**
   * If noise hides how far the case is from where it settles, warming up goes on for so long and so many queries, to
   * see more of it. Only in its first launch: later ones warm up as long as that one took to settle.
   */
  readonly lookMs: number
  readonly lookIterations: number
  /** A case that is not steady by then is measured anyway, and says so. */
  readonly capMs: number
}

export interface MeasuringRules {
  readonly block: BlockRule
  readonly warmup: WarmupRule
  /** Number of queries in the memory measurement. */
  readonly memoryIterations: number
}

export const blockRule: BlockRule = { targetMs: 250, minimumSamples: 20, capMs: 2000, floorSamples: 3 }

const warmupRules: Readonly<Record<DeviceKind, WarmupRule>> = {
  cpu: { minimumIterations: 20, minimumMs: 2000, lookMs: 10_000, lookIterations: 60, capMs: 30_000 },
  cuda: { minimumIterations: 50, minimumMs: 2000, lookMs: 10_000, lookIterations: 60, capMs: 30_000 },
}

/** A quick run has about a minute: more launches tell it more than one long look, and it says what it could not see. */
const quickLookMs = 4000

export const memoryIterations = 3

export function measuringRules(device: Plan['device'], preset: PresetName = 'standard'): MeasuringRules {
  const warmup = warmupRules[deviceKindOf(device)]
  const lookMs = preset === 'quick' ? quickLookMs : warmup.lookMs
  return { block: blockRule, warmup: { ...warmup, lookMs }, memoryIterations }
}

/** The first samples of a block, slower after the pause before it: kept, but left out of summaries. */
export function leadSampleCount(samplesInBlock: number): number {
  return Math.min(3, Math.floor(samplesInBlock / 5))
}

/** How long the machine is watched before a run, unless all cases are simulated. */
export const preflightMs = 5000
