// What the board used over one block, from the readings of its counter: average power between the first reading inside
// the block and the last, times the block. The counter is read about once a second, so a block has many; where readings
// are missing at either end, nothing is said of the whole. Pure.
import { isMeasured, type NotMeasured } from '../../../shared/domain/figure.ts'
import type { MachineSample } from '../../../shared/domain/machine-sample.ts'
import { energyBetween } from '../../../shared/sampling/energy-between.ts'

export interface Span {
  /** Ms from the run's start. */
  readonly startedAtMs: number
  readonly endedAtMs: number
}

/** Two readings that were due, and a little. */
const longestUnreadMs = 2500

/** Watts, or why the readings do not tell. */
export function averageWatts(
  samples: readonly MachineSample[],
  { startedAtMs, endedAtMs }: Span,
): number | NotMeasured {
  const readings = samples
    .filter(({ atMs }) => atMs >= startedAtMs && atMs <= endedAtMs)
    .flatMap(({ atMs, gpu }) => (typeof gpu?.energyJoules === 'number' ? [{ atMs, joules: gpu.energyJoules }] : []))
  const [first] = readings
  const last = readings.at(-1)
  if (first === undefined || last === undefined || last.atMs === first.atMs) return { notMeasured: noReadings(samples) }
  const unreadMs = Math.max(first.atMs - startedAtMs, endedAtMs - last.atMs)
  if (unreadMs > longestUnreadMs)
    return { notMeasured: `The energy counter was not read for ${(unreadMs / 1000).toFixed(1)} s of the block.` }
  let joules = 0
  for (const [index, { joules: after }] of readings.entries()) {
    const used = energyBetween(readings[Math.max(0, index - 1)]?.joules ?? null, after)
    if (!isMeasured(used)) return { notMeasured: used.reason }
    joules += used.value
  }
  return (1000 * joules) / (last.atMs - first.atMs)
}

/** Other processes that computed on the GPU at some moment of the span; null where that cannot be told. */
export function foreignProcesses(samples: readonly MachineSample[], { startedAtMs, endedAtMs }: Span): number[] | null {
  const within = samples.filter(({ atMs }) => atMs >= startedAtMs && atMs <= endedAtMs)
  const told = within.flatMap(({ gpu }) => (gpu?.foreignProcesses ? [gpu.foreignProcesses] : []))
  return told.length === 0 ? null : [...new Set(told.flat())]
}

function noReadings(samples: readonly MachineSample[]): string {
  if (samples.length === 0) return 'The machine was not sampled meanwhile, so its energy counter was not read.'
  if (samples.every(({ gpu }) => (gpu ?? null) === null)) return 'No GPU could be sampled here.'
  return 'The energy counter of this GPU was not read twice meanwhile: it has none, or the block was too short.'
}
