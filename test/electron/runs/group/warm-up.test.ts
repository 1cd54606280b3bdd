import { describe, expect, it } from 'vitest'
import { workerAnswering } from '../../../../electron/backends/backend-driver.ts'
import { warmUp } from '../../../../electron/runs/group/warm-up.ts'
import { seededRandom } from '../../../../shared/planning/seeded-random.ts'
import { normal } from '../../../fakes/simulated-blocks.ts'

const rule = { minimumIterations: 20, minimumMs: 2000, lookMs: 10_000, lookIterations: 60, capMs: 30_000 }
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
      reason: 'steady within 0.0 %: latency drifts by +0.0 % over the last 1.4 s of the warm-up',
      withinShare: expect.closeTo(0, 10),
      settledMs: 2039,
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

  it('looks longer where noise hides how far it is from where it settles, and says within what it is steady', async () => {
    const random = seededRandom(5)
    const noisy = () => 20 * Math.exp(0.2 * normal(random))
    const { verdict, elapsedMs, withinShare, reason } = await warmUp(workerWith(noisy).worker, rule, signal)
    expect(verdict).toBe('steady')
    expect(elapsedMs).toBeGreaterThanOrEqual(rule.lookMs)
    expect(withinShare).toBeGreaterThan(0.05)
    expect(reason).toMatch(/^steady within \d+ %: latency drifts by /)
    const brief = { ...rule, lookMs: 0, lookIterations: 0 }
    expect((await warmUp(workerWith(noisy).worker, brief, signal)).elapsedMs).toBeLessThan(3000)
  })

  it('takes in later launches as long as the first took to settle, even if noise would hide more', async () => {
    const first = await warmUp(workerWith((ms) => 10 * (1 + 0.4 * Math.exp(-ms / 1500))).worker, rule, signal)
    const random = seededRandom(6)
    const { worker } = workerWith(() => 10 * Math.exp(0.2 * normal(random)))
    const later = await warmUp(worker, rule, signal, first)
    expect(later).toMatchObject({ verdict: 'steady', withinShare: first.withinShare })
    expect(later.reason).toMatch(
      /^steady within \d\.\d %: no drift, after at least the \d\.\d s in which the first launch settled$/,
    )
    expect(later.elapsedMs).toBeGreaterThanOrEqual(first.settledMs ?? Number.NaN)
    expect(later.elapsedMs).toBeLessThan((first.settledMs ?? Number.NaN) + 100)
  })

  it('goes on in a later launch that drifts longer than the first did', async () => {
    const first = await warmUp(workerWith(() => 10).worker, rule, signal)
    const { worker } = workerWith((ms) => 10 * (1 + 0.4 * Math.exp(-ms / 1500)))
    expect((await warmUp(worker, rule, signal, first)).elapsedMs).toBeGreaterThan(4000)
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
