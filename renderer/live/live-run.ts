// The active run as the window shows it: one reducer step per event. Pure except for the tracks it appends to. Claims
// nothing: interim figures are the executor's.
import type { BackendId } from '../../shared/domain/backend.ts'
import type { Stage } from '../../shared/domain/bench-error.ts'
import { type Figure, missing } from '../../shared/domain/figure.ts'
import type { ParityFinding } from '../../shared/domain/parity.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import type { CaseState, Decision, GroupStop, RunState } from '../../shared/domain/run.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import type { MachinePoint } from '../../shared/ipc/contract.ts'
import { parityToCome } from '../../shared/statistics/parity.ts'
import { sequentialDesign } from '../../shared/statistics/sequential.ts'
import { type LiveTracks, recordBlock, recordMachine } from './live-tracks.ts'

/** Whether a case in that state takes no turn any more. */
export function isOut(state: CaseState): boolean {
  return state === 'failed' || state === 'fallback' || state === 'skipped'
}

export interface LiveCase {
  readonly caseKey: string
  readonly backend: BackendId
  readonly precision: Precision
  readonly state: CaseState
  readonly reason: string | null
  /** Null until it is judged: no speed of the case is shown before. */
  readonly parity: ParityFinding | null
  readonly p50Ms: Figure
  readonly sampleCount: number
}

/** Where a comparison with the baseline stands after the latest launch. */
export interface LiveComparison {
  readonly value: number
  readonly interval: { readonly low: number; readonly high: number }
  /** What the latest look said; null before the first. */
  readonly verdict: Decision | null
}

export interface LiveGroup {
  readonly groupKey: string
  readonly batchSize: number
  /** At most. */
  readonly launches: number
  /** Of the current launch. */
  readonly rounds: number
  readonly baseline: string
  /** In all launches that were watched here. */
  readonly roundsDone: number
  /** Including those of earlier sessions. */
  readonly launchesDone: number
  /** In the launch that is not done yet. */
  readonly roundsOfLaunch: number
  /** By caseKey of the candidates; empty before the first launch is done. */
  readonly comparisons: Readonly<Record<string, LiveComparison>>
  /** Number of launches at the next look; null if there is none. */
  readonly nextLook: number | null
  /** Why launches ended; null while there are more. */
  readonly stopped: GroupStop | null
  readonly cases: readonly LiveCase[]
}

interface LiveStage {
  readonly stage: Stage
  /** The case being worked on; null if the stage concerns none, or all. */
  readonly caseKey: string | null
  readonly message: string
  readonly fraction: number | null
}

export interface LiveRun {
  readonly runId: string
  readonly modelName: string
  readonly simulated: boolean
  readonly groups: readonly LiveGroup[]
  readonly currentGroupKey: string | null
  readonly stage: LiveStage | null
  readonly remainingMs: number | null
  readonly machine: MachinePoint | null
  readonly ended: { readonly state: RunState; readonly message: string | null } | null
  /** Increases with every batch of events: the signal to draw the tracks again. */
  readonly version: number
}

export function newLiveRun(runId: string): LiveRun {
  return {
    runId,
    modelName: '',
    simulated: false,
    groups: [],
    currentGroupKey: null,
    stage: null,
    remainingMs: null,
    machine: null,
    ended: null,
    version: 0,
  }
}

export function applyEvent(run: LiveRun, tracks: LiveTracks, event: RunEvent): LiveRun {
  switch (event.kind) {
    case 'run-started':
      return {
        ...run,
        modelName: event.modelName,
        simulated: event.simulated,
        remainingMs: event.estimatedMs,
        currentGroupKey: event.groups[0]?.groupKey ?? null,
        groups: event.groups.map((group) => ({
          ...group,
          roundsDone: 0,
          roundsOfLaunch: 0,
          comparisons: {},
          nextLook: sequentialDesign.looks.find((look) => look > group.launchesDone && look <= group.launches) ?? null,
          stopped: null,
          cases: group.cases.map((each) => ({
            ...each,
            state: 'pending',
            reason: null,
            parity: null,
            p50Ms: missing(parityToCome),
            sampleCount: 0,
          })),
        })),
      }
    case 'stage':
      return {
        ...run,
        currentGroupKey: event.groupKey ?? run.currentGroupKey,
        stage: { stage: event.stage, caseKey: event.caseKey, message: event.message, fraction: event.fraction },
      }
    case 'case-changed':
      return withCase(run, event.groupKey, event.caseKey, () => ({ state: event.state, reason: event.reason }))
    case 'block':
      recordBlock(tracks, event.groupKey, event.caseKey, event.block)
      return run.currentGroupKey === event.groupKey ? run : { ...run, currentGroupKey: event.groupKey }
    case 'parity-judged': {
      let next = run
      for (const [caseKey, parity] of Object.entries(event.parities)) {
        next = withCase(next, event.groupKey, caseKey, ({ p50Ms, ...before }) => ({
          parity,
          p50Ms: before.parity === null ? missing('no round is complete yet') : p50Ms,
        }))
      }
      return withInterim(next, event)
    }
    case 'round-completed': {
      const next = withInterim({ ...run, remainingMs: event.remainingMs ?? run.remainingMs }, event)
      const { rounds } = event
      return withGroup(next, event.groupKey, (group) => ({
        ...group,
        rounds,
        roundsDone: group.roundsDone + 1,
        roundsOfLaunch: event.round + 1,
      }))
    }
    case 'launch-completed': {
      const { launch, comparisons, nextLook, stopped } = event
      return withGroup(run, event.groupKey, (group) => ({
        ...group,
        launchesDone: launch + 1,
        roundsOfLaunch: 0,
        nextLook,
        stopped,
        comparisons: Object.fromEntries(
          Object.entries(comparisons).map(([caseKey, { value, interval, verdict }]) => [
            caseKey,
            { value, interval, verdict: verdict ?? group.comparisons[caseKey]?.verdict ?? null },
          ]),
        ),
      }))
    }
    case 'machine-sample': {
      const { kind: _, ...point } = event
      recordMachine(tracks, point)
      return { ...run, machine: point }
    }
    case 'run-ended':
      return { ...run, remainingMs: 0, ended: { state: event.state, message: event.message } }
  }
}

function withGroup(run: LiveRun, groupKey: string, change: (group: LiveGroup) => LiveGroup): LiveRun {
  return { ...run, groups: run.groups.map((group) => (group.groupKey === groupKey ? change(group) : group)) }
}

type Change = (before: LiveCase) => Partial<LiveCase>

function withCase(run: LiveRun, groupKey: string, caseKey: string, change: Change): LiveRun {
  return withGroup(run, groupKey, (group) => ({
    ...group,
    cases: group.cases.map((each) => (each.caseKey === caseKey ? { ...each, ...change(each) } : each)),
  }))
}

type Interim = Pick<Extract<RunEvent, { kind: 'round-completed' }>, 'groupKey' | 'interim'>

function withInterim(run: LiveRun, { groupKey, interim }: Interim): LiveRun {
  return Object.entries(interim).reduce(
    (next, [caseKey, { p50Ms, sampleCount }]) => withCase(next, groupKey, caseKey, () => ({ p50Ms, sampleCount })),
    run,
  )
}
