import { expect, test } from 'vitest'
import { planExplanation } from '../../../../renderer/features/benchmark/benchmark-screen.tsx'
import { demonstrationPlan } from '../../../../renderer/state/plan-draft.ts'

const plan = demonstrationPlan(4)

test('a plan says its rounds, the rule that may add to them, and what comes after', () => {
  expect([
    planExplanation(plan, null),
    planExplanation({ ...plan, passes: { limits: true } }, null),
    planExplanation(
      {
        ...plan,
        preset: 'standard',
        widthRule: { halfWidth: 0.015, budgetMs: 600_000 },
        passes: { layers: { queries: 20 }, coldStart: { launches: 5 }, limits: true },
      },
      null,
    ),
  ]).toEqual([
    '1 launch of 12 rounds, in a new order each round.',
    '1 launch of 12 rounds, in a new order each round. Then limits.',
    '5 launches of 12 rounds, in a new order each round, and more until ±1.5 % or for 10 min. Then cold start, layers and limits.',
  ])
})
