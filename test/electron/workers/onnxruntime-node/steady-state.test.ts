import { describe, expect, it } from 'vitest'
import { judgeSteadiness } from '../../../../electron/workers/onnxruntime-node/steady-state.ts'

/** Noise of about ±4 % that repeats itself, so that the answer does not. */
const noise = (index: number) => 1 + 0.04 * Math.sin(index * 12.9898)
const samples = (count: number, latencyMs: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => latencyMs(index) * noise(index))

describe('steadiness', () => {
  it('cannot be told from nine samples', () => {
    expect(judgeSteadiness(samples(9, () => 10))).toBeNull()
  })

  it('is there when nothing changes but noise', () => {
    expect(judgeSteadiness(samples(100, () => 10))?.steady).toBe(true)
  })

  it('is judged on smaller windows when samples are few, and says so', () => {
    expect(judgeSteadiness(samples(20, () => 10))).toEqual({
      steady: true,
      reason: expect.stringContaining('two windows of 10 samples'),
    })
  })

  it('is not there while queries get faster', () => {
    expect(judgeSteadiness(samples(100, (index) => (index < 50 ? 12 : 10)))?.steady).toBe(false)
  })

  it('is not there while the parts keep moving one way, however slowly', () => {
    const verdict = judgeSteadiness(Array.from({ length: 100 }, (_, index) => 10 + index * 0.005))
    expect(verdict).toEqual({ steady: false, reason: expect.stringContaining('keep moving one way') })
  })

  it('is not refused for noise alone', () => {
    const heavy = Array.from({ length: 100 }, (_, index) => 10 + 6 * Math.abs(Math.sin(index * 78.233)))
    expect(judgeSteadiness(heavy)?.steady).toBe(true)
  })

  it('looks at the last samples only', () => {
    expect(judgeSteadiness([...samples(500, () => 30), ...samples(100, () => 10)])?.steady).toBe(true)
  })
})
