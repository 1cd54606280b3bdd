// The growing series of the active run, kept outside React: sample lanes, the order of blocks, flagged spans and
// machine samples. Mutable on purpose; the live run's `version` signals a change.
import { type SampleBlock, thinnedBlock } from '../../shared/domain/sample-block.ts'
import type { MachinePoint } from '../../shared/ipc/contract.ts'

interface Span {
  readonly startMs: number
  readonly endMs: number
}

interface OrderMark extends Span {
  readonly caseKey: string
}

export interface GroupTracks {
  readonly lanes: Map<string, SampleLane>
  readonly order: OrderMark[]
  readonly flagged: Span[]
  /** From the last block of a launch to the first of the next: fresh workers load and warm up. */
  readonly pauses: (Span & { readonly launch: number })[]
  lastLaunch: number | null
  lastEndMs: number
  firstStartMs: number | null
}

export interface LiveTracks {
  readonly groups: Map<string, GroupTracks>
  readonly machine: MachinePoint[]
}

const keptMarks = 4_096

export function createLiveTracks(): LiveTracks {
  return { groups: new Map(), machine: [] }
}

export function groupTracks(tracks: LiveTracks, groupKey: string): GroupTracks {
  const known = tracks.groups.get(groupKey)
  if (known) return known
  const fresh: GroupTracks = {
    lanes: new Map(),
    order: [],
    flagged: [],
    pauses: [],
    lastLaunch: null,
    lastEndMs: 0,
    firstStartMs: null,
  }
  tracks.groups.set(groupKey, fresh)
  return fresh
}

export function recordBlock(tracks: LiveTracks, groupKey: string, caseKey: string, block: SampleBlock): void {
  const group = groupTracks(tracks, groupKey)
  const lane = group.lanes.get(caseKey) ?? createSampleLane()
  group.lanes.set(caseKey, lane)
  pushBlock(lane, block)
  const span = { startMs: block.startedAtNs / 1e6, endMs: block.endedAtNs / 1e6 }
  if (group.lastLaunch !== null && block.launch > group.lastLaunch) {
    group.pauses.push({ startMs: group.lastEndMs, endMs: span.startMs, launch: block.launch })
  }
  group.lastLaunch = block.launch
  group.lastEndMs = Math.max(group.lastEndMs, span.endMs)
  group.firstStartMs ??= span.startMs
  keep(group.order, { ...span, caseKey })
  if (block.flags.length > 0) keep(group.flagged, span)
}

export function recordMachine(tracks: LiveTracks, point: MachinePoint): void {
  keep(tracks.machine, point)
}

function keep<Mark>(marks: Mark[], mark: Mark): void {
  marks.push(mark)
  if (marks.length > keptMarks) marks.splice(0, marks.length - keptMarks)
}

/** How a point is drawn: summarised, left out of summaries, or flagged and kept. */
export const pointKinds = { plain: 0, lead: 1, flagged: 2 } as const

/**
 * What a live lane draws for one case: a ring of points in typed arrays, outside React. Blocks are thinned; the record
 * on disk keeps every sample. Times are ms from the run's start.
 */
interface SampleLane {
  readonly timesMs: Float64Array
  readonly latenciesMs: Float32Array
  readonly kinds: Uint8Array
  /** Number of points ever written; the newest is at (written - 1) modulo the capacity. */
  written: number
  /** Median of the first block, the lane's scale until the first interim figure. */
  firstMedianMs: number | null
}

function createSampleLane(capacity = 16_384): SampleLane {
  return {
    timesMs: new Float64Array(capacity),
    latenciesMs: new Float32Array(capacity),
    kinds: new Uint8Array(capacity),
    written: 0,
    firstMedianMs: null,
  }
}

function pushBlock(lane: SampleLane, block: SampleBlock): void {
  lane.firstMedianMs ??= middle(block.latenciesMs.slice(block.leadSamples))
  const { latenciesMs } = thinnedBlock(block)
  const startMs = block.startedAtNs / 1e6
  const stepMs = (block.endedAtNs - block.startedAtNs) / 1e6 / latenciesMs.length
  for (const [index, latencyMs] of latenciesMs.entries()) {
    const slot = lane.written % lane.timesMs.length
    lane.timesMs[slot] = startMs + stepMs * (index + 0.5)
    lane.latenciesMs[slot] = latencyMs
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
