// What disturbed the blocks of one round, judged from the machine's samples around them. A flagged block is kept: flags
// mark where to look, they remove nothing. A block is judged by the samples whose reading covers part of it; without
// any (sampling ended, or a block shorter than the sampling interval) nothing is claimed.
import type { MachineSample } from '../domain/machine-sample.ts'
import type { BlockFlag } from '../domain/sample-block.ts'
import { slowingReasons } from './clock-reasons.ts'
import { foreignLoadLimit } from './foreign-load.ts'

/** Times in ms from the run's start. */
interface JudgedBlock {
  readonly startedAtMs: number
  readonly endedAtMs: number
  /** Null if the case has no process. */
  readonly workerPid: number | null
}

export interface JudgingRules {
  readonly logicalCores: number
  /** Whether cases run on the GPU: its state does not affect a run on the processor. */
  readonly onGpu: boolean
}

/** A clock this much below the round's median is a dip. */
const dipShare = 0.05

/** The flags of each block, in the order of the blocks. `samples` are in time order. */
export function flagRound(
  blocks: readonly JudgedBlock[],
  samples: readonly MachineSample[],
  rules: JudgingRules,
): readonly (readonly BlockFlag[])[] {
  const covering = blocks.map((block) => samplesCovering(block, samples))
  const inside = blocks.map((block, index) => samplesInside(block, covering[index] ?? []))
  const clockOf = (sample: MachineSample) => (rules.onGpu ? (sample.gpu?.smClockMhz ?? null) : sample.cpuClockMhz)
  const roundClock = medianOf(inside.flat().map(clockOf))
  return blocks.map((block, index) => {
    const within = covering[index] ?? []
    const states = inside[index] ?? []
    const clock = meanOf(states.map(clockOf))
    const foreign = meanOf(within.map(({ foreignCpuPercent }) => foreignCpuPercent ?? null))
    const flags: BlockFlag[] = []
    if ((foreign !== null && foreign > foreignLoadLimit(rules.logicalCores)) || (rules.onGpu && foreignOnGpu(states)))
      flags.push('foreign-load')
    if (rules.onGpu && states.some(isSlowed)) flags.push('throttled')
    if (clock !== null && roundClock !== null && clock < roundClock * (1 - dipShare)) flags.push('clock-dip')
    if (within.some((sample) => wasStill(sample, block))) flags.push('suspended')
    if (within.some(({ swapInPages }) => (swapInPages ?? 0) > 0)) flags.push('swap')
    return flags
  })
}

/** A sample covers the time since the previous one, so the first that ends after the block still covers its end. */
function samplesCovering({ startedAtMs, endedAtMs }: JudgedBlock, samples: readonly MachineSample[]): MachineSample[] {
  return samples.filter(({ atMs }, index) => {
    const before = samples[index - 1]?.atMs
    return atMs > startedAtMs && (before === undefined ? atMs <= endedAtMs : before < endedAtMs)
  })
}

/** Momentary values are judged by the samples within the block; if it was too short to have one, by those around it. */
function samplesInside({ endedAtMs }: JudgedBlock, covering: readonly MachineSample[]): readonly MachineSample[] {
  const inside = covering.filter(({ atMs }) => atMs <= endedAtMs)
  return inside.length === 0 ? covering : inside
}

function foreignOnGpu(within: readonly MachineSample[]): boolean {
  return within.some(({ gpu }) => (gpu?.foreignProcesses?.length ?? 0) > 0)
}

function isSlowed({ gpu }: MachineSample): boolean {
  return gpu?.clockReasons?.some((reason) => slowingReasons.has(reason)) === true
}

function wasStill({ suspendedMs, stoppedProcesses }: MachineSample, { workerPid }: JudgedBlock): boolean {
  return (suspendedMs ?? 0) > 0 || (workerPid !== null && stoppedProcesses?.includes(workerPid) === true)
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}

function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((left, right) => left - right)
  const middle = known.length / 2
  if (known.length === 0) return null
  return ((known[Math.ceil(middle) - 1] ?? 0) + (known[Math.floor(middle)] ?? 0)) / 2
}
