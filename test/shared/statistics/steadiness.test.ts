// The rule by examples, and by simulation: what a warm-up may refuse and what it must find.
import { describe, expect, it } from 'vitest'
import { type Random, seededRandom } from '../../../shared/planning/seeded-random.ts'
import { median } from '../../../shared/statistics/descriptive.ts'
import { summarizeGroup } from '../../../shared/statistics/group-summary.ts'
import { judgeSteadiness, settledAfterMs, type WarmupBlock } from '../../../shared/statistics/steadiness.ts'
import { normal } from '../../fakes/simulated-blocks.ts'
import { completedRun } from '../../fixtures/record.ts'
import driftAnswers from '../../fixtures/statistics/drifts.json' with { type: 'json' }

const blockMs = 50

/** A warm-up of at least `totalMs`, in blocks as the supervisor asks for them. */
function warmupOf(totalMs: number, latencyAt: (ms: number) => number): readonly WarmupBlock[] {
  const blocks: WarmupBlock[] = []
  let nowMs = 0
  while (nowMs < totalMs) {
    const startMs = nowMs
    const latenciesMs: number[] = []
    do {
      const latencyMs = latencyAt(nowMs)
      latenciesMs.push(latencyMs)
      nowMs += latencyMs
    } while (nowMs - startMs < blockMs)
    blocks.push({ startMs, endMs: nowMs, medianMs: median(latenciesMs) })
  }
  return blocks
}

describe('a warm-up', () => {
  it('of equal latencies is steady within 0.0 %', () => {
    expect(judgeSteadiness(warmupOf(2000, () => 10))).toEqual({
      verdict: 'steady',
      reason: 'steady within 0.0 %: latency drifts by +0.0 % over the last 1.4 s of the warm-up',
      withinShare: expect.closeTo(0, 10),
    })
  })

  it('of five blocks cannot be judged', () => {
    expect(judgeSteadiness(warmupOf(250, () => 10))).toEqual({
      verdict: 'not-checked',
      reason: '5 blocks fit in the warm-up, and judging takes 6',
      withinShare: null,
    })
  })

  it('that gets 6.6 % faster over its last two thirds is not steady', () => {
    expect(judgeSteadiness(warmupOf(4000, (ms) => 10 * Math.exp(-ms / 40_000)))).toMatchObject({
      verdict: 'no-steady-state',
      reason: 'latency drifts by -6.6 % over the last 2.7 s of the warm-up',
    })
  })

  it('may drift by less than the smallest effect that is claimed', () => {
    expect(judgeSteadiness(warmupOf(4000, (ms) => 10 * Math.exp((0.015 * ms) / 2700))).verdict).toBe('steady')
  })

  it('that was slow in its first third only is steady', () => {
    expect(judgeSteadiness(warmupOf(4000, (ms) => (ms < 1200 ? 30 : 10))).verdict).toBe('steady')
  })

  it('is judged over time: what settles over 3 s is not steady after 2 s, at any latency', () => {
    const verdicts = [0.5, 5, 50].map(
      (latencyMs) => judgeSteadiness(warmupOf(2000, (ms) => latencyMs * (1 + 0.2 * Math.exp(-ms / 3000)))).verdict,
    )
    expect(verdicts).toEqual(Array(3).fill('no-steady-state'))
  })

  it('says how far it may still be from where it settles, for an engine that settles over up to 10 s', () => {
    for (const [timeConstantMs, atMs] of [
      [1000, 4000],
      [3000, 8000],
      [10_000, 20_000],
    ] as const) {
      const away = (ms: number) => 0.3 * Math.exp(-ms / timeConstantMs)
      const { withinShare } = judgeSteadiness(warmupOf(atMs, (ms) => 10 * (1 + away(ms))))
      expect(withinShare).toBeGreaterThanOrEqual(away(atMs))
    }
  })

  it('whose noise hides a drift is steady only within what can be seen', () => {
    const random = seededRandom(4)
    const { verdict, reason, withinShare } = judgeSteadiness(warmupOf(2000, () => 10 * Math.exp(0.03 * normal(random))))
    expect(verdict).toBe('steady')
    expect(withinShare).toBeGreaterThan(0.05)
    expect(reason).toMatch(/^steady within \d+ %: latency drifts by /)
  })
})

describe('the straight line through a warm-up', () => {
  it.each(driftAnswers)('agrees with SciPy ($drift)', ({ latenciesMs, drift, pValue, withinShare }) => {
    const last = latenciesMs.map((medianMs, at) => ({ startMs: 1500 + 250 * at, endMs: 1750 + 250 * at, medianMs }))
    const judged = judgeSteadiness([{ startMs: 0, endMs: 1499, medianMs: 20 }, ...last])
    const isSeen = pValue < 0.007 && Math.abs(drift) >= 0.02
    const words = `latency drifts by ${drift < 0 ? '-' : '+'}${Math.abs(drift * 100).toFixed(1)} % over the last 3.0 s`
    expect(judged).toEqual({
      verdict: isSeen ? 'no-steady-state' : 'steady',
      reason: expect.stringContaining(words),
      withinShare: expect.closeTo(withinShare, 9),
    })
  })
})

describe('the time to settle', () => {
  it('is the shortest warm-up for what never drifted', () => {
    expect(
      settledAfterMs(
        warmupOf(10_000, () => 10),
        2000,
      ),
    ).toBe(2000)
  })

  it('is where the drift ended', () => {
    const blocks = warmupOf(12_000, (ms) => 10 * (1 + 0.5 * Math.exp(-ms / 1000)))
    expect(settledAfterMs(blocks, 2000)).toBeGreaterThan(2500)
    expect(settledAfterMs(blocks, 2000)).toBeLessThan(6000)
  })

  it('is the whole warm-up where too little followed to tell', () => {
    expect(
      settledAfterMs(
        warmupOf(2000, () => 10),
        2000,
      ),
    ).toBe(2000)
    expect(
      settledAfterMs(
        warmupOf(2200, () => 10),
        2000,
      ),
    ).toBe(2200)
  })
})

const trials = 1000

/** Factor on the latency, by time in milliseconds. */
type Noise = (random: Random) => (ms: number) => number

const scatter =
  (spread: number): Noise =>
  (random) =>
  () =>
    Math.exp(spread * normal(random))

/** A mixture of a fast and of a slow process, so that samples far apart still resemble each other. */
const correlated: Noise = (random) => {
  let [near, far] = [0, 0]
  return () => {
    near = 0.9 * near + Math.sqrt(1 - 0.81) * normal(random)
    far = 0.998 * far + Math.sqrt(1 - 0.998 ** 2) * normal(random)
    return Math.exp(0.57 * (Math.sqrt(0.65) * normal(random) + Math.sqrt(0.15) * near + Math.sqrt(0.2) * far))
  }
}

/** For as long as each lasts, one of two levels: a fifth contended, or a clock with two states. */
const levels =
  (share: number, factor: number, dwellMs: number): Noise =>
  (random) => {
    let [untilMs, level] = [0, 1]
    return (ms) => {
      if (ms >= untilMs) {
        level = random() < share ? factor : 1
        untilMs = ms - dwellMs * Math.log(1 - random())
      }
      return level * Math.exp(0.01 * normal(random))
    }
  }

const capMs = 30_000
/** 2 s and 20 queries. */
const shortestMs = (latencyMs: number) => Math.min(capMs, Math.max(2000, 20 * latencyMs))

/** Of whole warm-ups: judged after every block, and refused where the cap comes first. */
function refusedShare(latencyMs: number, noise: Noise): number {
  let refused = 0
  for (let trial = 0; trial < trials; trial += 1) {
    const factor = noise(seededRandom(3000 + trial))
    const blocks = [...warmupOf(shortestMs(latencyMs), (ms) => latencyMs * factor(ms))]
    while (judgeSteadiness(blocks).verdict === 'no-steady-state') {
      const startMs = blocks.at(-1)?.endMs ?? 0
      if (startMs >= capMs) {
        refused += 1
        break
      }
      const more = warmupOf(1, (ms) => latencyMs * factor(startMs + ms))
      blocks.push(...more.map((each) => ({ ...each, startMs: startMs + each.startMs, endMs: startMs + each.endMs })))
    }
  }
  return refused / trials
}

/** At one look, at the end of the shortest warm-up. */
function foundShare(latencyMs: number, noise: Noise, driftOverWindow: number): number {
  const totalMs = shortestMs(latencyMs)
  let found = 0
  for (let trial = 0; trial < trials; trial += 1) {
    const factor = noise(seededRandom(3000 + trial))
    const growth = (ms: number) => Math.exp((driftOverWindow * ms) / Math.min(10_000, (totalMs * 2) / 3))
    const blocks = warmupOf(totalMs, (ms) => latencyMs * growth(ms) * factor(ms))
    if (judgeSteadiness(blocks).verdict === 'no-steady-state') found += 1
  }
  return found / trials
}

describe('fault-25: of 1,000 warm-ups', () => {
  const kinds: readonly (readonly [string, Noise])[] = [
    ['that scatter by 0.1 %', scatter(0.001)],
    ['that scatter by 10 %', scatter(0.1)],
    ['with a heavy tail', (random) => () => Math.exp(0.57 * Math.abs(normal(random)) ** 1.3)],
    ['whose samples resemble each other, scatter 57 %', correlated],
    ['of which a fifth is contended', levels(0.2, 1.5, 100)],
    ['of a clock with two states', levels(0.5, 1.15, 100)],
    ['with a slow query now and then', (random) => () => (random() < 0.1 ? 2 : 1) * Math.exp(0.03 * normal(random))],
  ]

  it.each([5, 80, 1500].flatMap((latencyMs) => kinds.map(([kind, noise]) => ({ latencyMs, kind, noise }))))(
    'at $latencyMs ms $kind, at most 2 % are refused',
    ({ latencyMs, noise }) => {
      expect(refusedShare(latencyMs, noise)).toBeLessThanOrEqual(0.02)
    },
  )

  it.each([
    { latencyMs: 5, percent: 3 },
    { latencyMs: 80, percent: 1 },
    { latencyMs: 1500, percent: 1 },
  ])(
    'at $latencyMs ms that drift by 5 % and scatter by $percent %, at least 95 % are found',
    ({ latencyMs, percent }) => {
      expect(foundShare(latencyMs, scatter(percent / 100), 0.05)).toBeGreaterThanOrEqual(0.95)
    },
  )

  it('that drift by 1.5 %, none is refused', () => {
    expect(foundShare(5, scatter(0.001), 0.015)).toBe(0)
  })
})

describe('a case without a steady state', () => {
  it('is measured, and its speedup is refused with the reason', () => {
    const { record, blocksOf } = completedRun()
    const [group] = record.groups
    if (group === undefined) throw new Error('there is a group')
    const { verdict, reason } = judgeSteadiness(warmupOf(4000, (ms) => 5 * Math.exp(ms / 40_000)))
    const steadiness = [{ verdict, reason, iterations: 120, elapsedMs: 30_000 }]
    const cases = group.cases.map((entry) => (entry.caseKey === 'onnxruntime-fp32' ? { ...entry, steadiness } : entry))
    const summary = summarizeGroup({ ...group, cases }, (caseKey) => blocksOf(group.groupKey, caseKey))
    const drifting = summary.cases.find(({ caseKey }) => caseKey === 'onnxruntime-fp32')
    expect(drifting?.badges).toContain('no-steady-state')
    expect(drifting?.latencyMs.p50.value).toBeGreaterThan(0)
    expect(drifting?.speedup).toMatchObject({
      value: null,
      verdict: 'refused',
      reason: `no steady state: ${reason}`,
    })
  })
})
