import { expect, test } from 'vitest'
import { CrashBudget } from '../../../../electron/runs/group/case-steps.ts'
import type { BenchErrorRecord } from '../../../../shared/domain/bench-error.ts'

function failure(code: BenchErrorRecord['code']): BenchErrorRecord {
  return { code, stage: 'measure', message: 'It failed.', remedy: 'Run again.', cause: null }
}

test('three crashes within five minutes stop a backend, and nothing but that backend', () => {
  let nowMs = 0
  const budget = new CrashBudget(() => nowMs)
  for (const code of ['worker-crashed', 'worker-stalled'] as const) budget.note('torch-eager', failure(code))
  budget.check('torch-eager')
  nowMs = 4 * 60_000
  budget.note('torch-eager', failure('protocol-violation'))
  expect(() => budget.check('torch-eager')).toThrow('crashed 3 times')
  budget.check('onnxruntime')
  nowMs = 5 * 60_000
  budget.check('torch-eager')
})

test('a failure that is no crash costs nothing', () => {
  const budget = new CrashBudget(() => 0)
  for (let count = 0; count < 5; count += 1) budget.note('onnxruntime', failure('inference-failed'))
  budget.check('onnxruntime')
})
