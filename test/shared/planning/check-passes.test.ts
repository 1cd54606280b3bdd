import { expect, test } from 'vitest'
import { passRefusals, passWarnings } from '../../../shared/planning/check-passes.ts'
import { fakePlan } from '../../fakes/run-record.ts'

const server = (ratePerSecond: number | null, durationMs = 10_000, percentile = 99) =>
  fakePlan({ passes: { server: { latencyBoundMs: 20, percentile, ratePerSecond, durationMs } } })

test('a rate that one trial can carry is not refused, nor one that is searched for', () => {
  for (const plan of [fakePlan(), server(null), server(100), server(10_000)]) expect(passRefusals(plan)).toEqual([])
})

test('a rate too high or too low for its percentile is refused with one that would do', () => {
  expect(passRefusals(server(20_000))).toMatchObject([
    { code: 'bad-usage', stage: 'plan', remedy: 'Ask for at most 10000 queries/s, or for a shorter trial.' },
  ])
  expect(passRefusals(server(1))).toMatchObject([
    {
      message: 'p99 needs 662 queries, and at 1 queries/s fewer arrive in ten minutes.',
      remedy: 'Ask for at least 1.2 queries/s, or for a lower percentile.',
    },
  ])
})

test('a bound too long for any trial is refused', () => {
  const plan = fakePlan({
    passes: { server: { latencyBoundMs: 31_000, percentile: 99, ratePerSecond: null, durationMs: 10_000 } },
  })
  expect(passRefusals(plan)).toMatchObject([
    { code: 'bad-usage', stage: 'plan', message: '--server-bound cannot be "31000".' },
  ])
})

test('energy on a CPU and a width rule without a comparison are warned of', () => {
  const plan = fakePlan({ passes: { energy: { blockMs: 30_000 } }, widthRule: { halfWidth: 0.02, budgetMs: 60_000 } })
  expect(passWarnings(plan)).toEqual([
    "Energy will not be measured: only the energy counter of a GPU's board is read.",
    'With one candidate there is no interval to narrow: no launches will be added.',
  ])
  const eager = { backend: 'torch-eager', precision: 'fp32', options: {} } as const
  expect(passWarnings({ ...plan, device: 'cuda', candidates: [eager, eager] })).toEqual([])
  // A simulated case has nothing to measure, but a case beside it has.
  expect(passWarnings({ ...plan, device: 'cuda', candidates: [eager, ...plan.candidates] })).toEqual([])
  expect(passWarnings({ ...plan, device: 'cuda', candidates: [...plan.candidates, ...plan.candidates] })).toEqual([
    'Energy will not be measured: a simulated case computes nothing, so it uses no energy.',
  ])
})
