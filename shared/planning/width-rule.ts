// When more launches are made than a decision needs, by the rule that the plan fixed beforehand. It looks only at widths,
// never at which case is faster: launches go on until, at a look, every interval is narrow enough.
import type { WidthRule } from '../domain/plan.ts'
import type { GroupJudgement } from '../statistics/sequential.ts'

/** Whether a group may end here: this is a look, all is decided, and every interval is narrow enough. */
export function mayEnd({ isDecided, comparisons }: GroupJudgement, rule: Pick<WidthRule, 'halfWidth'> | null): boolean {
  if (!isDecided || rule === null) return isDecided
  return Math.max(...comparisons.map(({ value, interval }) => reachOf(value, interval))) <= rule.halfWidth
}

/** How far an interval reaches from its ratio on the wider side, as a share of it. */
function reachOf(ratio: number, { low, high }: { readonly low: number; readonly high: number }): number {
  return Math.max(high / ratio - 1, 1 - low / ratio)
}
