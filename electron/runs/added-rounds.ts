// Adds rounds to a launch by the plan's width rule, and says afterwards what was added. Where cases take turns there is
// nothing to compare within a launch's time, and nothing is added.
import type { WidthRule } from '../../shared/domain/plan.ts'
import {
  type LaunchBlocks,
  roundsUntilNextLook,
  wantsMoreRounds,
  widestHalfWidth,
} from '../../shared/planning/width-rule.ts'
import type { CaseTrial } from './case-trial.ts'
import type { GroupContext } from './group-context.ts'

export interface LaunchWidthRule {
  readonly halfWidth: number
  /** Of added rounds, in each launch. */
  readonly budgetMs: number
  /** caseKey */
  readonly baseline: string
}

type MeasuredTrial = Pick<CaseTrial, 'caseKey' | 'medianBlocks' | 'isGoing' | 'state'>

export async function addRounds(
  context: Pick<GroupContext, 'widthRule' | 'rules' | 'nowNs' | 'signal' | 'observer'>,
  trials: readonly MeasuredTrial[],
  launch: number,
  runRound: (round: number) => Promise<void>,
): Promise<void> {
  const { widthRule: rule, rules, nowNs, observer } = context
  if (rule === null) return
  const startedAtNs = nowNs()
  const wantsMore = (rounds: number) => {
    const spent = { elapsedMs: (nowNs() - startedAtNs) / 1e6, budgetMs: rule.budgetMs }
    return wantsMoreRounds(rule, rounds, spent, launchBlocks(trials, rule.baseline, launch))
  }
  let rounds = rules.rounds
  while (wantsMore(rounds)) {
    if (rounds === rules.rounds) observer.stageReached('measure', null, 'Adding rounds until intervals are narrow')
    const next = rounds + roundsUntilNextLook(rounds)
    for (; rounds < next; rounds += 1) await runRound(rounds)
  }
}

/** A case that failed is compared with nothing. */
function launchBlocks(trials: readonly MeasuredTrial[], baseline: string, launch: number): LaunchBlocks {
  const sound = trials.filter(({ isGoing, state }) => isGoing || state === 'completed')
  const blocksOf = ({ medianBlocks }: MeasuredTrial) => medianBlocks.filter((block) => block.launch === launch)
  const reference = sound.find(({ caseKey }) => caseKey === baseline)
  if (reference === undefined) return { baseline: [], candidates: [] }
  return { baseline: blocksOf(reference), candidates: sound.filter((trial) => trial !== reference).map(blocksOf) }
}

/** Of each launch that was begun. */
export function addedRounds(
  trials: readonly Pick<CaseTrial, 'medianBlocks'>[],
  { launches, rounds }: { readonly launches: number; readonly rounds: number },
): number[] {
  const blocks = trials.flatMap((trial) => trial.medianBlocks)
  return Array.from({ length: launches }, (_, launch) =>
    blocks.reduce((most, block) => (block.launch === launch ? Math.max(most, block.round + 1 - rounds) : most), 0),
  )
}

/** What the rule did, in a sentence. */
export function addedRoundsNote(
  { halfWidth, budgetMs }: WidthRule,
  added: readonly number[],
  trials: readonly MeasuredTrial[],
  baseline: string,
): string {
  const launches = added.map((_, launch) => launchBlocks(trials, baseline, launch))
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
