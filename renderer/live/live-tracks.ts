// The growing series of the run going on, kept outside React: sample lanes, the order of blocks, flagged spans and
// machine samples. Mutable on purpose; whoever draws them is told by the live run's `version`.
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import type { MachinePoint } from '../../shared/ipc/contract.ts'
import { createSampleLane, pushBlock, type SampleLane } from './sample-lane.ts'

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
