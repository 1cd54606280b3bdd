import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import { speedupOf } from '../../../shared/statistics/speedup.ts'
import { exampleBlock } from '../../fakes/example-record.ts'
import { simulatedBlocks } from '../../fakes/simulated-blocks.ts'

function blocksOf(mediansMs: readonly number[], launch = 0): readonly SampleBlock[] {
  return mediansMs.map((medianMs, round) =>
    exampleBlock({ launch, round, leadSamples: 1, latenciesMs: [999, medianMs, medianMs, medianMs] }),
  )
}

describe('speedupOf', () => {
  it('is the Hodges-Lehmann estimate of the rounds’ ratios, lead samples left out', () => {
    const estimate = speedupOf(blocksOf([20, 20, 20, 20, 20, 20]), blocksOf([10, 10, 10, 10, 10, 10]))
    expect({ ...estimate, interval: estimate?.intervalAt(0.95), intervalAt: null }).toEqual({
      value: expect.closeTo(2, 12),
      pValue: expect.closeTo(2 / 64, 12),
      fewestRounds: 6,
      launchCount: 1,
      intervalAt: null,
      interval: {
        low: expect.closeTo(2, 12),
        high: expect.closeTo(2, 12),
        level: 0.95,
        method: 'wilcoxon-signed-rank, within one launch',
      },
    })
  })

  it('pairs blocks by launch and round, whatever their order', () => {
    const baseline = blocksOf([10, 20, 40])
    const candidate = blocksOf([5, 10, 20])
    expect(speedupOf(baseline, [...candidate].reverse())?.value).toBeCloseTo(2, 12)
  })

  it('leaves out rounds that only one of both measured', () => {
    expect(speedupOf(blocksOf([10, 10, 10]), blocksOf([5, 5]))).toMatchObject({ fewestRounds: 2 })
  })

  it('cannot be told where no round has both', () => {
    expect(speedupOf(blocksOf([10]), [])).toBeNull()
    expect(speedupOf(blocksOf([10], 0), blocksOf([10], 1))).toBeNull()
  })

  it('takes the mean of the launches’ estimates with Student’s t over launches', () => {
    const launches = [1.1, 1.2, 1.3]
    const baseline = launches.flatMap((ratio, launch) => blocksOf([10 * ratio, 10 * ratio, 10 * ratio], launch))
    const candidate = launches.flatMap((_, launch) => blocksOf([10, 10, 10], launch))
    const estimate = speedupOf(baseline, candidate)
    const logs = launches.map(Math.log)
    const centre = logs.reduce((sum, log) => sum + log, 0) / 3
    const deviation = Math.sqrt(logs.reduce((sum, log) => sum + (log - centre) ** 2, 0) / 2)
    const halfWidth = (4.302652729911275 * deviation) / Math.sqrt(3)
    expect(estimate).toMatchObject({ value: expect.closeTo(Math.exp(centre), 12), launchCount: 3, fewestRounds: 3 })
    expect(estimate?.intervalAt(0.95)).toEqual({
      low: expect.closeTo(Math.exp(centre - halfWidth), 9),
      high: expect.closeTo(Math.exp(centre + halfWidth), 9),
      level: 0.95,
      method: 'student-t over 3 launches',
    })
  })

  it('turns over exactly when baseline and candidate change places', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.double({ min: 0.2, max: 5, noNaN: true }), (seed, ratio) => {
        const blocks = simulatedBlocks({ seed, mediansMs: { a: 10 * ratio, b: 10 }, samplesPerBlock: 5 })
        const [a, b] = [blocks.get('a') ?? [], blocks.get('b') ?? []]
        expect((speedupOf(a, b)?.value ?? 0) * (speedupOf(b, a)?.value ?? 0)).toBeCloseTo(1, 10)
        const [forth, back] = [speedupOf(a, b)?.intervalAt(0.95), speedupOf(b, a)?.intervalAt(0.95)]
        expect((forth?.low ?? 0) * (back?.high ?? 0)).toBeCloseTo(1, 10)
      }),
      { numRuns: 40 },
    )
  })
})
