import { describe, expect, it, test } from 'vitest'
import { workerAnswering } from '../../../../electron/backends/backend-driver.ts'
import { CrashBudget, warmUp } from '../../../../electron/runs/group/case-steps.ts'
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

const rule = { minimumIterations: 20, minimumMs: 2000, capMs: 30_000 }
const { signal } = new AbortController()

/** Answers blocks of 50 ms on a clock of its own, with a gap after each. */
function workerWith(latencyAt: (ms: number) => number, gapMs = 1) {
  let clockMs = 0
  let blocks = 0
  const worker = workerAnswering({
    warmup: async ({ capMs }) => {
      const startMs = clockMs
      const latenciesMs: number[] = []
      do {
        latenciesMs.push(latencyAt(clockMs))
        clockMs += latenciesMs.at(-1) ?? 0
      } while (clockMs - startMs < capMs)
      blocks += 1
      const block = { startedAtNs: 7e9 + startMs * 1e6, endedAtNs: 7e9 + clockMs * 1e6, latenciesMs }
      clockMs += gapMs
      return block
    },
  })
  return { worker, blocks: () => blocks }
}

describe('warming up', () => {
  it('ends once it is steady, has had its least time and its least queries', async () => {
    const { worker, blocks } = workerWith(() => 10)
    expect(await warmUp(worker, rule, signal)).toEqual({
      verdict: 'steady',
      iterations: 200,
      elapsedMs: 2039,
      reason: 'latency drifts by +0.0 % over the last 1.0 s of the warm-up, less than 2 %',
    })
    expect(blocks()).toBe(40)
  })

  it('goes on while latency drifts', async () => {
    const { worker } = workerWith((ms) => 10 * (1 + 0.4 * Math.exp(-ms / 1500)))
    const { verdict, elapsedMs } = await warmUp(worker, rule, signal)
    expect(verdict).toBe('steady')
    expect(elapsedMs).toBeGreaterThan(5000)
    expect(0.4 * Math.exp(-elapsedMs / 1500)).toBeLessThan(0.01)
  })

  it('ends at its cap, at most one block later, and says that there is no steady state', async () => {
    const { worker } = workerWith((ms) => 10 * Math.exp(ms / 20_000))
    const { verdict, elapsedMs } = await warmUp(worker, rule, signal)
    expect(verdict).toBe('no-steady-state')
    expect(elapsedMs).toBeGreaterThanOrEqual(rule.capMs)
    expect(elapsedMs).toBeLessThan(rule.capMs + 150)
  })

  it('says that it cannot judge where the cap leaves too few queries', async () => {
    const { worker } = workerWith(() => 7000)
    expect(await warmUp(worker, rule, signal)).toMatchObject({ verdict: 'not-checked', iterations: 5 })
  })

  it('ends with the failure of its worker', async () => {
    const worker = workerAnswering({ warmup: async () => Promise.reject(new Error('gone')) })
    await expect(warmUp(worker, rule, signal)).rejects.toThrow('gone')
  })
})
