import { describe, expect, it } from 'vitest'
import { measureBlock } from '../../../../electron/workers/onnxruntime-node/measure-loop.ts'
import { warmUp } from '../../../../electron/workers/onnxruntime-node/warmup-loop.ts'

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

describe('the warm-up', () => {
  const warmupRule = { minimumIterations: 20, minimumMs: 0, capMs: 5000 }

  it('runs at least what was asked and tells why it ended', async () => {
    const steadiness = await warmUp(nothing, warmupRule, never)
    expect(steadiness?.iterations).toBeGreaterThanOrEqual(20)
    expect(steadiness?.reason).not.toBe('')
  })

  it('says that it cannot judge when the cap leaves too few queries', async () => {
    expect(await warmUp(nothing, { ...warmupRule, capMs: 0.000001 }, never)).toMatchObject({
      verdict: 'not-checked',
      iterations: 1,
      reason: 'only 1 queries fit the warm-up, too few to judge',
    })
  })

  it('stops when cancelled', async () => {
    expect(await warmUp(nothing, warmupRule, () => true)).toBeNull()
  })
})
