// A plan in two sentences: what is compared, and how it is measured.
import { type Plan, presets } from '../../../shared/domain/plan.ts'
import type { PlanEstimate } from '../../../shared/ipc/contract.ts'
import { passWords } from '../../format/pass-words.ts'
import { hasPass, passNames } from '../../state/pass-draft.ts'

export function planStatement(plan: Plan, modelName: string): string {
  const candidates = plan.candidates.length
  const batches = plan.batchSizes.length
  if (candidates === 0) return 'Choose at least one candidate.'
  if (batches === 0) return 'Choose at least one batch size.'
  const each = candidates === 1 ? 'one candidate' : `${candidates} candidates`
  const at = batches === 1 ? `batch ${plan.batchSizes[0]}` : `batches ${plan.batchSizes.join(', ')}`
  return `${modelName}: ${each} at ${at}.`
}

export function planExplanation(plan: Plan, estimate: PlanEstimate | null): string {
  const { launches, rounds, withIdenticalPair } = presets[plan.preset]
  const design = `${launches} ${launches === 1 ? 'launch' : 'launches'} of ${rounds} rounds, in a new order each round`
  const pair = withIdenticalPair ? ', with a copy of the baseline that must show no difference' : ''
  const unknown = estimate && estimate.estimatedMs === null ? ' How long it takes is known after the first round.' : ''
  return `${design}${pair}${addedWords(plan)}.${besideWords(plan)}${unknown}`
}

function addedWords({ widthRule }: Plan): string {
  if (!widthRule) return ''
  const percent = Number((widthRule.halfWidth * 100).toPrecision(3))
  return `, and more until ±${percent} % or for ${Math.round(widthRule.budgetMs / 60_000)} min`
}

/** ` Then cold start, layers and limits.` */
function besideWords(plan: Plan): string {
  const names = passNames.filter((name) => hasPass(plan, name)).map((name) => passWords[name].title.toLowerCase())
  const last = names.at(-1)
  if (last === undefined) return ''
  return names.length === 1 ? ` Then ${last}.` : ` Then ${names.slice(0, -1).join(', ')} and ${last}.`
}
