// The rounds that a plan's width rule adds to a launch, and what it did, in words.
import type { WidthRule } from '../../../shared/domain/plan.ts'
import {
  type LaunchBlocks,
  roundsUntilNextLook,
  wantsMoreRounds,
  widestHalfWidth,
} from '../../../shared/planning/width-rule.ts'
import type { GroupContext } from './case-steps.ts'
import type { RunCase } from './run-case.ts'

type ComparedCase = Pick<RunCase, 'caseKey' | 'medianBlocks' | 'isGoing' | 'state'>

/**
 * Adds rounds to a launch by the plan's width rule. If cases take turns, nothing can be compared within a launch, so no
 * round is added.
 */
export async function addRounds(
  context: Pick<GroupContext, 'widthRule' | 'design' | 'nowNs' | 'observer'>,
  runCases: readonly ComparedCase[],
  { launch, rounds: planned }: { readonly launch: number; readonly rounds: number },
  runRound: (round: number) => Promise<void>,
): Promise<void> {
  const { widthRule: rule, design, nowNs, observer } = context
  if (rule === null) return
  const startedAtNs = nowNs()
  const wantsMore = (rounds: number) => {
    const spent = { elapsedMs: (nowNs() - startedAtNs) / 1e6, budgetMs: rule.budgetMs }
    return wantsMoreRounds(rule, rounds, spent, launchBlocks(runCases, design.baseline, launch))
  }
  let rounds = planned
  while (wantsMore(rounds)) {
    if (rounds === planned) observer.stageReached('measure', null, 'Adding rounds until intervals are narrow')
    const next = rounds + roundsUntilNextLook(rounds)
    for (; rounds < next; rounds += 1) await runRound(rounds)
  }
}

/** A failed case is not compared. */
function launchBlocks(runCases: readonly ComparedCase[], baseline: string, launch: number): LaunchBlocks {
  const sound = runCases.filter(({ isGoing, state }) => isGoing || state === 'completed')
  const blocksOf = ({ medianBlocks }: ComparedCase) => medianBlocks.filter((block) => block.launch === launch)
  const reference = sound.find(({ caseKey }) => caseKey === baseline)
  if (reference === undefined) return { baseline: [], candidates: [] }
  return { baseline: blocksOf(reference), candidates: sound.filter((runCase) => runCase !== reference).map(blocksOf) }
}

/** Rounds added to each launch, beyond the planned ones. */
export function addedRounds(
  runCases: readonly Pick<RunCase, 'medianBlocks'>[],
  launches: number,
  planned: number,
): number[] {
  const blocks = runCases.flatMap((runCase) => runCase.medianBlocks)
  return Array.from({ length: launches }, (_, launch) =>
    blocks.reduce((most, block) => (block.launch === launch ? Math.max(most, block.round + 1 - planned) : most), 0),
  )
}

/** What the width rule did, in one sentence. */
export function addedRoundsNote(
  { halfWidth, budgetMs }: WidthRule,
  added: readonly number[],
  runCases: readonly ComparedCase[],
  baseline: string,
): string {
  const launches = added.map((_, launch) => launchBlocks(runCases, baseline, launch))
  const narrow = launches.filter((blocks) => widestHalfWidth(blocks) <= halfWidth).length
  const asked = `±${(halfWidth * 100).toFixed(1)} % within ${(budgetMs / 60_000).toFixed(1)} min`
  const rounds =
    added.length === 1 ? `${added[0]} rounds` : `${added.join(', ')} rounds to its ${added.length} launches`
  if (launches.every(({ candidates }) => candidates.length === 0))
    return `the width rule, ${asked}, added ${rounds}; no two cases were left to compare.`
  const reached =
    added.length === 1
      ? `every interval is that narrow: ${narrow === 1 ? 'yes' : 'no'}`
      : `every interval is that narrow in ${narrow} of them`
  return `the width rule, ${asked}, added ${rounds}; ${reached}.`
}
