import { describe, expect, it } from 'vitest'
import { type Figure, isMeasured, type MeasuredFigure } from '../../../shared/domain/figure.ts'
import { summarizeCase } from '../../../shared/statistics/case-summary.ts'
import { exampleBlock } from '../../fakes/example-record.ts'
import { simulatedBlocks } from '../../fakes/simulated-blocks.ts'

function caseBlocks(rounds: number, samplesPerBlock: number, spread = 0.03) {
  return simulatedBlocks({ seed: 5, mediansMs: { a: 10 }, rounds, samplesPerBlock, spread }).get('a') ?? []
}

describe('summarizeCase', () => {
  it('counts settled samples and lead samples, and leaves the lead out of figures', () => {
    const block = exampleBlock({ leadSamples: 1, latenciesMs: [500, 10, 12, 14], startedAtNs: 0, endedAtNs: 1e9 })
    expect(summarizeCase([block], 2)).toEqual({
      latencyMs: {
        p50: { value: 12, interval: null },
        p90: { value: null, reason: 'n too small (3/64)' },
        p95: { value: null, reason: 'n too small (3/130)' },
        p99: { value: null, reason: 'n too small (3/662)' },
        mean: { value: 12, interval: null },
        min: { value: 10, interval: null },
      },
      imagesPerSecond: { value: 8, interval: null },
      sampleCount: 3,
      leadSampleCount: 1,
      outliers: { mild: 0, severe: 0 },
      badges: ['noisy', 'few-samples'],
    })
  })

  it('gives nothing, with reasons, where nothing was measured', () => {
    const none = { value: null, reason: 'no samples' }
    expect(summarizeCase([], 1)).toMatchObject({
      latencyMs: { p50: none, mean: none, min: none },
      imagesPerSecond: { value: null, reason: 'no block was measured' },
      sampleCount: 0,
      badges: [],
    })
  })

  it.each([
    [3, 'p90', 63],
    [4, 'p90', 64],
    [9, 'p95', 129],
    [10, 'p95', 130],
  ] as const)('asks for enough samples (case %s: %s of %s)', (_, name, samples) => {
    const block = exampleBlock({
      leadSamples: 0,
      latenciesMs: Array.from({ length: samples }, (__, index) => 10 + index),
    })
    const needed = { p90: 64, p95: 130 }[name]
    const figure = summarizeCase([block], 1).latencyMs[name]
    if (samples >= needed) expect(figure.value).not.toBeNull()
    else expect(figure).toEqual({ value: null, reason: `n too small (${samples}/${needed})` })
  })

  it('keeps flagged blocks, and badges what they were flagged for', () => {
    const [first, ...others] = caseBlocks(12, 20)
    if (first === undefined) throw new Error('there are blocks')
    const flagged = summarizeCase([{ ...first, flags: ['throttled'] }, ...others], 1)
    expect(flagged.sampleCount).toBe(summarizeCase([first, ...others], 1).sampleCount)
    expect(flagged.badges).toEqual(['throttled'])
    expect(summarizeCase([{ ...first, flags: ['foreign-load'] }, ...others], 1).badges).toEqual(['noisy'])
    expect(summarizeCase([{ ...first, flags: ['suspended'] }, ...others], 1).badges).toEqual([])
  })

  it('badges samples that scatter', () => {
    expect(summarizeCase(caseBlocks(12, 20, 0.03), 1).badges).toEqual([])
    expect(summarizeCase(caseBlocks(12, 20, 0.3), 1).badges).toEqual(['noisy'])
  })

  it('counts outliers without dropping them', () => {
    const block = exampleBlock({
      leadSamples: 0,
      latenciesMs: [...Array.from({ length: 99 }, (_, i) => 10 + (i % 10) / 10), 30],
    })
    expect(summarizeCase([block], 1)).toMatchObject({ sampleCount: 100, outliers: { mild: 0, severe: 1 } })
  })

  it('takes Student’s t over launches where there are several and they differ', () => {
    const launches = simulatedBlocks({ seed: 6, mediansMs: { a: 10 }, launches: 5, launchSpread: 0.05 }).get('a') ?? []
    const { latencyMs, imagesPerSecond } = summarizeCase(launches, 1)
    expect([latencyMs.p50, imagesPerSecond]).toEqual([
      {
        value: expect.any(Number),
        interval: expect.objectContaining({ method: 'student-t over 5 launches' }),
      },
      {
        value: expect.any(Number),
        interval: expect.objectContaining({ method: 'student-t over 5 launches' }),
      },
    ])
  })

  it('by protocol 2 gives the percentiles and the throughput of a typical launch', () => {
    const launches = simulatedBlocks({ seed: 6, mediansMs: { a: 10 }, launches: 5, rounds: 4, launchSpread: 0.05 })
    const { latencyMs, imagesPerSecond } = summarizeCase(launches.get('a') ?? [], 1, 2)
    const overLaunches = {
      value: expect.any(Number),
      interval: expect.objectContaining({ method: 'student-t over 5 launches' }),
    }
    expect([latencyMs.p50, latencyMs.p90, latencyMs.p95, imagesPerSecond]).toEqual(Array(4).fill(overLaunches))
    expect(latencyMs.p99).toEqual({ value: null, reason: 'n too small (340/662)' })
    for (const { value, interval } of [latencyMs.p50, latencyMs.p95, imagesPerSecond].map(asMeasured)) {
      expect(interval?.low).toBeLessThan(value)
      expect(interval?.high).toBeGreaterThan(value)
    }
  })

  it('by protocol 3 says how little samples tell that come in clumps, in place of a percentile', () => {
    // Two blocks of twenty have all that is slow.
    const launches = Array.from({ length: 5 }, (_, launch) =>
      Array.from({ length: 4 }, (__, round) => {
        const isSlow = launch < 2 && round === 0
        const latenciesMs = Array.from({ length: 40 }, (___, index) => (isSlow ? 20 : 10) + index / 100)
        return exampleBlock({ launch, round, block: launch * 4 + round, leadSamples: 0, latenciesMs })
      }),
    ).flat()
    const { p50, p90, p95, p99 } = summarizeCase(launches, 1, 3).latencyMs
    expect([p50, p90, p95, p99]).toEqual([
      { value: expect.any(Number), interval: expect.objectContaining({ method: 'student-t over 5 launches' }) },
      { value: null, reason: expect.stringMatching(/^n too small \(800, worth \d+\/29\)$/) },
      { value: null, reason: expect.stringMatching(/^n too small \(800, worth \d+\/59\)$/) },
      { value: null, reason: expect.stringMatching(/^n too small \(800, worth \d+\/299\)$/) },
    ])
    expect(summarizeCase(launches, 1, 2).latencyMs.p95).toMatchObject({ value: expect.any(Number) })
  })

  it('says of one launch that its intervals hold within it', () => {
    const { latencyMs, imagesPerSecond } = summarizeCase(caseBlocks(12, 20), 1, 2)
    const methods = [latencyMs.p50, latencyMs.p95, imagesPerSecond].map((figure) => asMeasured(figure).interval?.method)
    expect(methods).toEqual(Array(3).fill('student-t over 12 blocks, within this launch'))
    const now = summarizeCase(caseBlocks(12, 20), 1, 3)
    expect(
      [now.latencyMs.p50, now.latencyMs.p95, now.imagesPerSecond].map((figure) => asMeasured(figure).interval?.method),
    ).toEqual([
      'student-t over 3 runs of blocks, within this launch',
      undefined,
      'student-t over 6 runs of blocks, within this launch',
    ])
  })
})

function asMeasured(figure: Figure): MeasuredFigure {
  if (!isMeasured(figure)) throw new Error(figure.reason)
  return figure
}
