import { expect, test } from 'vitest'
import { CaseTrial } from '../../../../electron/runs/group/run-case.ts'
import { passesLeftMs } from '../../../../electron/runs/passes/measure-passes.ts'
import { measuringRules } from '../../../../shared/planning/protocol.ts'

function trialOf(latencyMs: number): CaseTrial {
  const trial = new CaseTrial('a', { backend: 'simulated', precision: 'fp32', options: {} }, null)
  const place = { launch: 0, round: 0, block: 0, orderInRound: 0, startedAtNs: 0, endedAtNs: 1e9 }
  trial.keep({ ...place, leadSamples: 0, flags: [], latenciesMs: [latencyMs] })
  return trial
}

const { warmup } = measuringRules('quick', 'cpu')
const facts = { passes: { offline: { images: 100 } }, batchSize: 1, onGpu: false, warmup, groupsLeft: 1 }

test('every case that goes on has its passes to come, in this group and in those like it that follow', () => {
  const trials = [trialOf(10), trialOf(20)]
  const once = 2 * (4000 + 2000) + 100 * 10 + 100 * 20
  expect(passesLeftMs({ ...facts, trials })).toBe(once)
  expect(passesLeftMs({ ...facts, trials, groupsLeft: 3 })).toBe(3 * once)
})

test('a case that has ended has none, nor one that was not measured yet, nor a plan without passes', () => {
  const ended = trialOf(10)
  ended.cancel()
  const unmeasured = new CaseTrial('b', { backend: 'simulated', precision: 'fp32', options: {} }, null)
  expect(passesLeftMs({ ...facts, trials: [ended, unmeasured] })).toBe(0)
  expect(passesLeftMs({ ...facts, trials: [trialOf(10)], passes: {} })).toBe(0)
})
