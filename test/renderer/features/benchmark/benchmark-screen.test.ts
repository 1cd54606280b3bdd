import { expect, test } from 'vitest'
import { planExplanation } from '../../../../renderer/features/benchmark/benchmark-screen.tsx'
import { demonstrationPlan } from '../../../../renderer/state/plan-draft.ts'
import type { PlanEstimate } from '../../../../shared/ipc/contract.ts'

const plan = demonstrationPlan(4)

const limits = 'At most 8 launches or 1 min for each batch size, until every comparison is decided'

test('a plan says its limits, the rule that may add rounds, and what comes after', () => {
  const rigorous = { ...plan, preset: 'rigorous' as const, batchSizes: [1] }
  expect([
    planExplanation(plan, null),
    planExplanation({ ...plan, passes: { limits: true } }, estimateOf(4)),
    planExplanation(
      {
        ...plan,
        preset: 'standard',
        widthRule: { halfWidth: 0.015, budgetMs: 600_000 },
        passes: { layers: { queries: 20 }, coldStart: { launches: 5 }, limits: true },
      },
      null,
    ),
    planExplanation(rigorous, null),
    planExplanation({ ...plan, candidates: plan.candidates.slice(0, 1) }, null),
  ]).toEqual([
    `${limits}.`,
    `${limits}; each launch has 4 rounds. Then limits.`,
    'At most 32 launches or 10 min for each batch size, until every comparison is decided and its interval reaches at most ±1.5 %. Then cold start, layers and limits.',
    'At most 32 launches for each batch size, until every comparison is decided, with a copy of the baseline as a check.',
    'At most 5 launches or 1 min for each batch size.',
  ])
})

function estimateOf(roundsPerLaunch: number): PlanEstimate {
  const group = { groupKey: 'digits-b1', caseKeys: [], baseline: '', mostLaunches: 8, roundsPerLaunch }
  return { groups: [group], estimatedMs: 60_000, refusals: [], warnings: [] }
}
