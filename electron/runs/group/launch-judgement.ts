// What the launches so far say of a group's comparisons, and whether another launch follows.
import { nextLook, stopAfter } from '../../../shared/planning/launch-budget.ts'
import { mayEnd } from '../../../shared/planning/width-rule.ts'
import { measuredLaunches } from '../../../shared/statistics/measured-launches.ts'
import { isCopyOf } from '../../../shared/statistics/noise-floor.ts'
import {
  type ComparedLaunches,
  furtherLaunches,
  type JudgedComparison,
  judgeLaunches,
  sequentialDesign,
} from '../../../shared/statistics/sequential.ts'
import type { GroupContext, GroupDesign, LaunchJudgement } from './case-steps.ts'
import type { RunCase } from './run-case.ts'

interface Progress {
  /** Launches of all sessions. */
  readonly done: number
  readonly ofSession: number
  /** Of this session. */
  readonly elapsedMs: number
  /** Expected duration of the next launch; null if it cannot be told. */
  readonly nextMs: number | null
}

export function judgeProgress(
  { design }: GroupContext,
  runCases: readonly RunCase[],
  { done, ofSession, elapsedMs, nextMs }: Progress,
): LaunchJudgement {
  const compared = comparedLaunches(runCases, design)
  const judgement = judgeLaunches(compared, design.zone)
  const { comparisons } = judgement
  const { mostLaunches, budgetMs } = design.budget(compared.length)
  const left = { mostLaunches: mostLaunches - design.firstLaunch, budgetMs }
  const stopped = stopAfter(
    {
      launches: ofSession,
      elapsedMs,
      nextMs: nextMs ?? elapsedMs / ofSession,
      isDecided: mayEnd(judgement, design.widthRule),
    },
    left,
  )
  const isLook = stopped !== null || sequentialDesign.looks.includes(done)
  const shown = comparisons.map(({ caseKey, value, interval: { low, high }, verdict }) => {
    return [caseKey, { value, interval: { low, high }, verdict: isLook ? verdict : null }] as const
  })
  return {
    comparisons: Object.fromEntries(shown),
    nextLook: stopped === null && compared.length > 0 ? nextLook(done, { mostLaunches }) : null,
    furtherLaunches: design.widthRule === null ? mostFurther(compared, comparisons) : null,
    stopped,
  }
}

/** Until every comparison is expected to be decided; null if that cannot be told. */
function mostFurther(compared: readonly ComparedLaunches[], judged: readonly JudgedComparison[]): number | null {
  const each = judged.map((comparison) => {
    const own = compared.find(({ caseKey }) => caseKey === comparison.caseKey)
    return own === undefined || own.launches.length < 2 ? null : furtherLaunches(own, comparison)
  })
  return each.length === 0 || each.includes(null) ? null : Math.max(...each.map((launches) => launches ?? 0))
}

type ComparedCase = Pick<RunCase, 'caseKey' | 'candidate' | 'medianBlocks' | 'parityFinding' | 'isGoing' | 'state'>

/**
 * Every case that still counts, against the baseline; none if the baseline failed. A speedup that parity refuses is not
 * among them, as in the record. Copies of the baseline are controls, unless there are only copies.
 */
export function comparedLaunches(
  runCases: readonly ComparedCase[],
  { baseline, startedLaunches }: Pick<GroupDesign, 'baseline' | 'startedLaunches'>,
): readonly ComparedLaunches[] {
  const sound = runCases.filter(({ isGoing, state }) => isGoing || state === 'completed')
  const reference = sound.find(({ caseKey }) => caseKey === baseline)
  if (reference === undefined) return []
  const started = startedLaunches()
  const ofBaseline = { caseKey: baseline, blocks: reference.medianBlocks }
  const compared = sound
    .filter((runCase) => runCase !== reference && runCase.parityFinding?.refusal === null)
    .map(({ caseKey, candidate, medianBlocks }) => ({
      caseKey,
      ...measuredLaunches(ofBaseline, { caseKey, blocks: medianBlocks }, started),
      isControl: isCopyOf(candidate, reference.candidate),
    }))
  return compared.every(({ isControl }) => isControl) ? compared.map(({ isControl: _, ...claim }) => claim) : compared
}
