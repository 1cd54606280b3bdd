// What a live lane draws of one case: a ring of points in typed arrays, outside React. Of each block at most 48 points
// are kept, its fastest and slowest sample always among them; the record on disk keeps every sample. Times are ms from
// the run's start.
import type { SampleBlock } from '../../shared/domain/sample-block.ts'

export const pointsPerBlock = 48

/** How a point is drawn: as summarised, left out of summaries, or flagged and kept. */
export const pointKinds = { plain: 0, lead: 1, flagged: 2 } as const

export interface SampleLane {
  readonly timesMs: Float64Array
  readonly latenciesMs: Float32Array
  readonly kinds: Uint8Array
  /** Points ever written; the newest is at (written - 1) modulo the capacity. */
  written: number
  /** Median of the first block, the lane's scale until the first interim figure. */
  firstMedianMs: number | null
}

export function createSampleLane(capacity = 16_384): SampleLane {
  return {
    timesMs: new Float64Array(capacity),
    latenciesMs: new Float32Array(capacity),
    kinds: new Uint8Array(capacity),
    written: 0,
    firstMedianMs: null,
  }
}

export function pushBlock(lane: SampleLane, block: SampleBlock): void {
  const { latenciesMs } = block
  lane.firstMedianMs ??= middle(latenciesMs.slice(block.leadSamples))
  const stride = Math.max(1, Math.ceil(latenciesMs.length / (pointsPerBlock - 2)))
  let fastest = 0
  let slowest = 0
  for (let index = 1; index < latenciesMs.length; index += 1) {
    if (at(latenciesMs, index) < at(latenciesMs, fastest)) fastest = index
    if (at(latenciesMs, index) > at(latenciesMs, slowest)) slowest = index
  }
  const startMs = block.startedAtNs / 1e6
  const stepMs = (block.endedAtNs - block.startedAtNs) / 1e6 / latenciesMs.length
  for (let index = 0; index < latenciesMs.length; index += 1) {
    if (index % stride !== 0 && index !== fastest && index !== slowest) continue
    const slot = lane.written % lane.timesMs.length
    lane.timesMs[slot] = startMs + stepMs * (index + 0.5)
    lane.latenciesMs[slot] = at(latenciesMs, index)
    lane.kinds[slot] =
      block.flags.length > 0 ? pointKinds.flagged : index < block.leadSamples ? pointKinds.lead : pointKinds.plain
    lane.written += 1
  }
}

/** Calls back for every kept point, oldest first. */
export function forEachPoint(lane: SampleLane, visit: (timeMs: number, latencyMs: number, kind: number) => void): void {
  const capacity = lane.timesMs.length
  for (let index = Math.max(0, lane.written - capacity); index < lane.written; index += 1) {
    const slot = index % capacity
    visit(lane.timesMs[slot] ?? 0, lane.latenciesMs[slot] ?? 0, lane.kinds[slot] ?? 0)
  }
}

function middle(values: number[]): number | null {
  if (values.length === 0) return null
  values.sort((a, b) => a - b)
  return at(values, values.length >> 1)
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? Number.NaN
}
