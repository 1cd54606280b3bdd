// Whether a plan's extra measurements and added rounds are possible, before anything is started.
import type { BenchErrorRecord } from '../domain/bench-error.ts'
import { type Plan, presetBudgets } from '../domain/plan.ts'
import { passFaults, passObstacles } from '../passes/index.ts'
import { planRefusal } from './plan-refusal.ts'

export function passRefusals({ passes = {} }: Pick<Plan, 'passes'>): readonly BenchErrorRecord[] {
  return passFaults(passes).map(({ message, remedy }) => planRefusal('bad-usage', message, remedy))
}

export function passWarnings({
  passes = {},
  device,
  candidates,
  widthRule,
  preset,
}: Pick<Plan, 'passes' | 'device' | 'candidates' | 'widthRule' | 'preset'>): readonly string[] {
  const hasNoComparison = candidates.length === 1 && !presetBudgets[preset].withIdenticalPair
  return [
    ...passObstacles(
      passes,
      candidates.map(({ backend }) => ({ device, backend })),
    ),
    ...(widthRule !== undefined && hasNoComparison
      ? ['With one candidate there is no interval to narrow: no launches will be added.']
      : []),
  ]
}
