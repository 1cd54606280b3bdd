// What a warm-up must not let pass, and what it must: 1,000 series of latencies of each kind, judged as the Node worker
// judges them; and what becomes of a case that was judged unsteady.
import { describe, expect, it } from 'vitest'
import { judgeSteadiness } from '../../../electron/workers/onnxruntime-node/steady-state.ts'
import { type Random, seededRandom } from '../../../shared/planning/seeded-random.ts'
import { summarizeGroup } from '../../../shared/statistics/group-summary.ts'
import { normal } from '../../fakes/simulated-blocks.ts'
import { completedRun } from '../../fixtures/record.ts'

const trials = 1000
const samples = 120

/** Logarithm of each sample over its median. */
type Series = (random: Random) => readonly number[]

const series =
  (at: (index: number, random: Random) => number): Series =>
  (random) =>
    Array.from({ length: samples }, (_, index) => at(index, random))

const wandering: Series = (random) => {
  let state = 0
  return Array.from({ length: samples }, () => {
    state = 0.9 * state + Math.sqrt(1 - 0.81) * 0.02 * normal(random)
    return state + 0.02 * normal(random)
  })
}

function unsteadyShare(shape: Series): number {
  let unsteady = 0
  for (let trial = 0; trial < trials; trial += 1) {
    const latenciesMs = shape(seededRandom(3000 + trial)).map((logarithm) => 5 * Math.exp(logarithm))
    if (judgeSteadiness(latenciesMs)?.steady === false) unsteady += 1
  }
  return unsteady / trials
}

describe('fault-25: a warm-up', () => {
  it.each<[string, Series]>([
    ['drifts', series((index, random) => 0.002 * index + 0.02 * normal(random))],
    ['drifts slowly, yet one way', series((index, random) => 0.0009 * index + 0.005 * normal(random))],
    ['changes its speed', series((index, random) => (index < samples / 2 ? 0 : 0.2) + 0.03 * normal(random))],
  ])('that %s has no steady state in at least 95 of 100', (_name, shape) => {
    expect(unsteadyShare(shape)).toBeGreaterThanOrEqual(0.95)
  })

  it.each<[string, Series]>([
    ['scatters by 3 %', series((_index, random) => 0.03 * normal(random))],
    ['scatters by 30 %', series((_index, random) => 0.3 * normal(random))],
    ['has now and then a slow query', series((_index, random) => (random() < 0.1 ? 0.7 : 0) + 0.03 * normal(random))],
    ['wanders', wandering],
  ])('that %s is steady in at least 95 of 100', (_name, shape) => {
    expect(unsteadyShare(shape)).toBeLessThanOrEqual(0.05)
  })

  it('without a steady state leaves a case measured, and its speedup refused with the reason', () => {
    const { record, blocksOf } = completedRun()
    const [group] = record.groups
    const verdict = judgeSteadiness(Array.from({ length: samples }, (_, index) => 5 + 0.01 * index))
    if (group === undefined || verdict === null) throw new Error('there is a group, and samples enough to judge')
    const steadiness = [
      { verdict: 'no-steady-state' as const, iterations: samples, elapsedMs: 30_000, reason: verdict.reason },
    ]
    const cases = group.cases.map((entry) => (entry.caseKey === 'onnxruntime-fp32' ? { ...entry, steadiness } : entry))
    const summary = summarizeGroup({ ...group, cases }, (caseKey) => blocksOf(group.groupKey, caseKey))
    const drifting = summary.cases.find(({ caseKey }) => caseKey === 'onnxruntime-fp32')
    expect(drifting?.badges).toContain('no-steady-state')
    expect(drifting?.latencyMs.p50.value).toBeGreaterThan(0)
    expect(drifting?.speedup).toMatchObject({
      value: null,
      verdict: 'refused',
      reason: `no steady state: ${verdict.reason}`,
    })
  })
})
