// When more is measured than the preset asks for, by the rule that the plan fixed beforehand. It looks only at widths,
// never at which case is faster. Protocol 2: launches go on after the decision until, at a look, every interval is narrow
// enough. Protocol 1: a launch goes on with further rounds until each of its comparisons' 95 % intervals, taken within that
// launch, is narrow enough, or its share of the budget is spent.
import type { WidthRule } from '../domain/plan.ts'
import type { SampleBlock } from '../domain/sample-block.ts'
import type { GroupJudgement } from '../statistics/sequential.ts'
import { speedupOf } from '../statistics/speedup.ts'

/** Whether a group of protocol 2 may end here: this is a look, all is decided, and every interval is narrow enough. */
export function mayEnd({ isDecided, comparisons }: GroupJudgement, rule: Pick<WidthRule, 'halfWidth'> | null): boolean {
  if (!isDecided || rule === null) return isDecided
  return Math.max(...comparisons.map(({ value, interval }) => reachOf(value, interval))) <= rule.halfWidth
}

/** How far an interval reaches from its ratio on the wider side, as a share of it. */
function reachOf(ratio: number, { low, high }: { readonly low: number; readonly high: number }): number {
  return Math.max(high / ratio - 1, 1 - low / ratio)
}

/** Maximum rounds of one launch, including the preset's: an exact interval over more costs more than it gains. */
export const mostRounds = 400

const level = 0.95

/** Blocks of one launch, the baseline's and each active candidate's. */
export interface LaunchBlocks {
  readonly baseline: readonly SampleBlock[]
  readonly candidates: readonly (readonly SampleBlock[])[]
}

/**
 * How far the widest interval reaches from its ratio, as a share of it; infinite if there is no interval yet. 0 if
 * nothing is compared.
 */
export function widestHalfWidth({ baseline, candidates }: LaunchBlocks): number {
  return Math.max(0, ...candidates.map((candidate) => halfWidth(baseline, candidate)))
}

function halfWidth(baseline: readonly SampleBlock[], candidate: readonly SampleBlock[]): number {
  const estimate = speedupOf(baseline, candidate)
  const interval = estimate?.intervalAt(level) ?? null
  if (estimate === null || interval === null) return Number.POSITIVE_INFINITY
  return reachOf(estimate.value, interval)
}

/** Every launch of every group gets the same share. */
export function launchBudgetMs({ budgetMs }: WidthRule, groups: number, launches: number): number {
  return budgetMs / (groups * launches)
}

/** Checks after each of these rounds: often at first, less often as one more round changes less. */
export function roundsUntilNextLook(rounds: number): number {
  return Math.max(1, Math.floor(rounds / 12))
}

/** @param rounds the number of rounds in the launch. */
export function wantsMoreRounds(
  rule: Pick<WidthRule, 'halfWidth'>,
  rounds: number,
  spent: { readonly elapsedMs: number; readonly budgetMs: number },
  blocks: LaunchBlocks,
): boolean {
  if (rounds >= mostRounds || spent.elapsedMs >= spent.budgetMs) return false
  return widestHalfWidth(blocks) > rule.halfWidth
}
