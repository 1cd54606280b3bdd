import { describe, expect, it, vi } from 'vitest'
import {
  measureBlock,
  serve,
  splitTime,
  sustain,
  waitUntilQuiet,
} from '../../../../electron/workers/onnxruntime-node/loops.ts'

const nothing = async () => {}
const never = () => false
const rule = { targetMs: 5, minimumSamples: 20, capMs: 2000, floorSamples: 3 }

describe('the timed loop', () => {
  it('fills its time with samples that add up to less than it took', async () => {
    const block = await measureBlock(nothing, rule, never)
    const tookMs = ((block?.endedAtNs ?? 0) - (block?.startedAtNs ?? 0)) / 1e6
    const sumMs = block?.latenciesMs.reduce((sum, latencyMs) => sum + latencyMs, 0) ?? 0
    expect(tookMs).toBeGreaterThanOrEqual(5)
    expect(sumMs).toBeLessThanOrEqual(tookMs)
    expect(block?.latenciesMs.length).toBeGreaterThan(20)
  })

  it('takes its least samples when the time is up at once', async () => {
    const block = await measureBlock(nothing, { ...rule, targetMs: 0.000001 }, never)
    expect(block?.latenciesMs).toHaveLength(20)
  })

  it('stops at the cap with the floor', async () => {
    const block = await measureBlock(nothing, { ...rule, capMs: 0.000001 }, never)
    expect(block?.latenciesMs).toHaveLength(3)
  })

  it('stops between two queries when cancelled', async () => {
    let queries = 0
    const query = async () => {
      queries++
    }
    expect(await measureBlock(query, rule, () => queries === 2)).toBeNull()
    expect(queries).toBe(2)
  })
})

describe('the wait after a block', () => {
  /** Threads that use half a core for `busyMs`; sleeping is what moves the clock. */
  function threads(busyMs: number) {
    let nowMs = 0
    const sleep = (ms: number) => {
      nowMs += ms
    }
    return { sleep, read: () => ({ usedMs: Math.min(nowMs, busyMs) / 2, nowMs }), nowMs: () => nowMs }
  }

  it('ends once the threads are quiet', () => {
    const { sleep, read, nowMs } = threads(50)
    expect([waitUntilQuiet(sleep, read), nowMs()]).toEqual([true, 52])
  })

  it('gives up on threads that stay busy, and says so', () => {
    const said = vi.spyOn(console, 'error').mockReturnValue()
    const { sleep, read, nowMs } = threads(60_000)
    expect([waitUntilQuiet(sleep, read), nowMs()]).toEqual([false, 252])
    expect(said).toHaveBeenCalledWith('threads were still busy 250 ms after a block')
    said.mockRestore()
  })
})

describe('the sustained loop', () => {
  it('goes on until both the time and the queries are reached', async () => {
    const byTime = await sustain(nothing, { durationMs: 3, minimumQueries: 1 }, never)
    expect((byTime?.endedAtNs ?? 0) - (byTime?.startedAtNs ?? 0)).toBeGreaterThanOrEqual(3e6)
    expect(await sustain(nothing, { durationMs: 0, minimumQueries: 50 }, never)).toMatchObject({ queries: 50 })
  })

  it('stops between two queries when cancelled', async () => {
    let queries = 0
    const query = async () => {
      queries += 1
    }
    expect(await sustain(query, { durationMs: 0, minimumQueries: 9 }, () => queries === 2)).toBeNull()
    expect(queries).toBe(2)
  })
})

describe('the serving loop', () => {
  it('counts a latency from the arrival, so that one who waits in line waits longer', async () => {
    let nowNs = 0n
    const clock = vi.spyOn(process.hrtime, 'bigint').mockImplementation(() => nowNs)
    const query = async () => {
      nowNs += 3_000_000n
    }
    const sleep = (ms: number) => {
      nowNs += BigInt(Math.round(ms * 1e6)) + 1_000_000n
    }
    const served = await serve(query, [0, 0, 0, 30], sleep, never)
    clock.mockRestore()
    // The last one is alone; the clock of this test oversleeps by 1 ms, less the part that is not slept through.
    expect(served?.latenciesMs).toEqual([3, 6, 9, expect.closeTo(3.8)])
  })

  it('sleeps through the wait, all but its last fraction of a millisecond', async () => {
    const asked: number[] = []
    await serve(nothing, [5], (ms) => void asked.push(ms), never)
    expect(asked[0]).toBeGreaterThan(4)
    expect(asked[0]).toBeLessThan(4.81)
  })

  it('stops while it waits when cancelled', async () => {
    expect(
      await serve(
        nothing,
        [60_000],
        () => {},
        () => true,
      ),
    ).toBeNull()
  })
})

describe('the split of a query', () => {
  it('leaves the first query out, and stops when cancelled', async () => {
    let queries = 0
    const query = async () => {
      queries += 1
      if (queries > 1) return
      const until = performance.now() + 20
      while (performance.now() < until);
    }
    const split = await splitTime(query, 5, never)
    expect(queries).toBe(6)
    expect(split?.parts.find(({ part }) => part === 'compute')?.medianMs).toBeLessThan(5)
    expect(await splitTime(nothing, 5, () => true)).toBeNull()
  })
})
