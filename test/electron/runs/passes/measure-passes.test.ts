import { expect, test } from 'vitest'
import { RunCase } from '../../../../electron/runs/group/run-case.ts'
import { passesLeftMs } from '../../../../electron/runs/passes/measure-passes.ts'
import { measuringRules } from '../../../../shared/planning/protocol.ts'

function runCaseOf(latencyMs: number): RunCase {
  const runCase = new RunCase('a', { backend: 'simulated', precision: 'fp32', options: {} }, null)
  const place = { launch: 0, round: 0, block: 0, orderInRound: 0, startedAtNs: 0, endedAtNs: 1e9 }
  runCase.keep({ ...place, leadSamples: 0, flags: [], latenciesMs: [latencyMs] })
  return runCase
}

const { warmup } = measuringRules('cpu')
const facts = { passes: { offline: { images: 100 } }, batchSize: 1, onGpu: false, warmup, groupsLeft: 1 }

test('every case that goes on has its passes to come, in this group and in those like it that follow', () => {
  const runCases = [runCaseOf(10), runCaseOf(20)]
  const once = 2 * (4000 + 2000) + 100 * 10 + 100 * 20
  expect(passesLeftMs({ ...facts, runCases })).toBe(once)
  expect(passesLeftMs({ ...facts, runCases, groupsLeft: 3 })).toBe(3 * once)
})

test('a case that has ended has none, nor one that was not measured yet, nor a plan without passes', () => {
  const ended = runCaseOf(10)
  ended.cancel()
  const unmeasured = new RunCase('b', { backend: 'simulated', precision: 'fp32', options: {} }, null)
  expect(passesLeftMs({ ...facts, runCases: [ended, unmeasured] })).toBe(0)
  expect(passesLeftMs({ ...facts, runCases: [runCaseOf(10)], passes: {} })).toBe(0)
})
