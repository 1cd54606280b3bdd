import { expect, test } from 'vitest'
import { CaseTrial } from '../../../electron/runs/case-trial.ts'
import type { BenchErrorRecord } from '../../../shared/domain/bench-error.ts'

const error: BenchErrorRecord = {
  code: 'worker-crashed',
  stage: 'measure',
  message: 'The worker died.',
  remedy: 'Run again.',
  cause: null,
}

function trial(): CaseTrial {
  return new CaseTrial('simulated-fp32', { backend: 'simulated', precision: 'fp32', options: {} }, null)
}

test('a case that has ended stays as it ended', () => {
  const ends = [
    { end: (one: CaseTrial) => one.complete(), state: 'completed', reason: null, error: null },
    { end: (one: CaseTrial) => one.fail(error), state: 'failed', reason: 'The worker died.', error },
    { end: (one: CaseTrial) => one.skip(error), state: 'skipped', reason: 'The worker died. Run again.', error },
    { end: (one: CaseTrial) => one.cancel(), state: 'cancelled', reason: 'Cancelled.', error: null },
  ]
  for (const first of ends) {
    const one = trial()
    expect(one.start()).toBe(true)
    expect(first.end(one)).toBe(true)
    for (const later of ends) expect(later.end(one)).toBe(false)
    expect(one.start()).toBe(false)
    expect({ state: one.state, reason: one.reason, error: one.error, isGoing: one.isGoing }).toEqual({
      state: first.state,
      reason: first.reason,
      error: first.error,
      isGoing: false,
    })
  }
})
