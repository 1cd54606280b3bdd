import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../../shared/domain/run.ts'
import { compareRuns, regressionOf } from '../../../shared/statistics/compare-runs.ts'
import { runOfCases } from '../../fakes/compared-runs.ts'
import { shareWithChange } from './simulated-runs.ts'

const torch = 'torch-eager-fp32'
const onnx = 'onnxruntime-fp32'
const earlier = runOfCases([
  { caseKey: torch, p50Ms: 40, p99Ms: 50 },
  { caseKey: onnx, p50Ms: 20, p99Ms: 25 },
])

function later(onnxMs: number, changes: Partial<RunRecord> = {}, reach = 0.01): RunRecord {
  const cases = [
    { caseKey: torch, p50Ms: 40, reach },
    { caseKey: onnx, p50Ms: onnxMs, reach },
  ]
  return runOfCases(cases, { runId: 'later', ...changes })
}

/** Verdict of ONNX Runtime's median, and why there is none. */
function verdictOf(left: RunRecord, right: RunRecord, figure = 'p50') {
  const row = compareRuns([left, right]).rows.find(({ key }) => key.endsWith(onnx))
  const change = row?.figures.find(({ name }) => name === figure)?.changes[1]
  return change && [change.verdict, change.reason]
}

describe('two runs of the same cases', () => {
  it('say what changed, with the interval of both', () => {
    const [, row] = compareRuns([earlier, later(22)]).rows
    expect(row?.figures[0]).toEqual({
      name: 'p50',
      values: [earlier.groups[0]?.cases[1]?.latencyMs.p50, later(22).groups[0]?.cases[1]?.latencyMs.p50],
      changes: [
        null,
        {
          ratio: expect.closeTo(1.1, 10),
          interval: {
            low: expect.closeTo(1.08, 2),
            high: expect.closeTo(1.12, 2),
            level: 0.975,
            method: 'from two intervals over 8 and 8 launches',
          },
          verdict: 'worse',
          reason: null,
          worse: { least: expect.closeTo(0.08, 2), most: expect.closeTo(0.12, 2) },
        },
      ],
    })
  })

  it.each([
    ['slower', 22, 0.01, 'worse'],
    ['faster', 18, 0.01, 'better'],
    ['the same, where the whole interval lies within the margin', 20, 0.005, 'same'],
    ['undecided, where it reaches beyond', 20.2, 0.03, 'undecided'],
    ['undecided, where it excludes no change but the ratio is within the margin', 20.3, 0.002, 'same'],
  ] as const)('are called %s', (_what, ms, reach, verdict) => {
    const cases = [
      { caseKey: torch, p50Ms: 40, reach },
      { caseKey: onnx, p50Ms: 20, reach },
    ]
    expect(verdictOf(runOfCases(cases), later(ms, {}, reach))).toEqual([verdict, null])
  })

  it('know that more images per second are better', () => {
    const [, row] = compareRuns([earlier, later(18)]).rows
    const change = row?.figures.find(({ name }) => name === 'images-per-second')?.changes[1]
    expect(change).toMatchObject({ verdict: 'better', worse: { most: expect.closeTo(-0.085, 2) } })
  })

  it('are compared with the run that is chosen', () => {
    const { rows, baseline } = compareRuns([later(22), earlier], 1)
    expect([baseline, rows[1]?.figures[0]?.changes.map((change) => change?.verdict ?? null)]).toEqual([
      1,
      ['worse', null],
    ])
  })

  it('use the noise floor of either as the margin where it is larger', () => {
    const noiseFloor = {
      ...{ value: 0.4, interval: { low: 0.3, high: 0.5, level: 0.95, method: 'order-statistic' }, comparisons: 40 },
      ...({ protocol: 2, preset: 'quick', device: 'cpu', subject: 'digits', machineHash: 'ab' } as const),
      measuredAt: '2026-11-24T08:00:00.000Z',
    }
    const comparison = compareRuns([earlier, later(22, { noiseFloor })])
    expect(comparison.margins[1]).toBeCloseTo(0.4 / Math.sqrt(8))
    expect(comparison.rows[1]?.figures[0]?.changes[1]?.verdict).toBe('same')
  })
})

describe('no verdict is given', () => {
  const machine = earlier.fingerprint.machine
  it.each<[string, Partial<RunRecord>, string]>([
    [
      'of another machine',
      { fingerprint: { ...earlier.fingerprint, machine: { ...machine, cpuModel: 'Another' } } },
      'another machine',
    ],
    ['of another protocol', { protocol: 2 }, 'another protocol: 2 here, 3 for the baseline run'],
    ['between a simulated run and a real one', { simulated: true }, 'one of the two is simulated'],
  ])('%s', (_what, changes, reason) => {
    const comparison = compareRuns([earlier, later(22, changes)])
    expect(comparison.obstacles).toEqual([null, reason])
    expect(verdictOf(earlier, later(22, changes))).toEqual([null, reason])
  })

  it('by protocol 1', () => {
    const { protocol: _, ...old } = later(22)
    const { protocol: __, ...older } = earlier
    expect(verdictOf(older, old)).toEqual([null, 'protocol 1: its intervals hold within a run only'])
  })

  it('where nothing is in both', () => {
    const other = runOfCases([{ caseKey: 'openvino-int8', p50Ms: 3 }], { runId: 'other' })
    expect(compareRuns([earlier, other]).obstacles).toEqual([null, 'no case is in both runs'])
  })

  it.each([
    [
      'a case that failed',
      { state: 'failed', reason: 'It crashed.' },
      'the case did not complete (failed): It crashed.',
    ],
    [
      'failed parity',
      { parity: { verdict: 'fail', reason: 'cosine 0.9', figures: null, reference: null } },
      'parity failed: cosine 0.9',
    ],
    ['other weights', { weights: 'seeded' }, 'other weights: seeded here, hub for the baseline run'],
    ['other threads', { threads: 4 }, 'thread counts differ: 4 here, 2 for the baseline'],
  ] as const)('of %s', (_what, changes, reason) => {
    const run = runOfCases([
      { caseKey: torch, p50Ms: 40 },
      { caseKey: onnx, p50Ms: 22, ...changes },
    ])
    expect(verdictOf(earlier, run)).toEqual([null, reason])
  })

  it('of one launch, and of a figure without an interval', () => {
    const run = later(22)
    const [group] = run.groups
    const once = { ...run, groups: group ? [{ ...group, launches: group.launches?.slice(0, 1) }] : [] }
    expect(verdictOf(earlier, once)).toEqual([null, 'one launch does not show how much launches differ'])
    expect(verdictOf(earlier, run, 'memory')).toEqual([null, 'measured without an interval'])
    expect(verdictOf(earlier, run, 'p99')).toEqual([null, 'n too small (204/662)'])
  })

  it('keeps the state of a machine apart from the machine: another library, kernel and memory limit are compared', () => {
    const fingerprint = {
      ...earlier.fingerprint,
      hash: 'other',
      software: { onnxruntime: '1.33.0' },
      machine: { ...machine, kernel: '6.13.0', memoryBytes: machine.memoryBytes - 40_000_000 },
    }
    expect(verdictOf(earlier, later(22, { fingerprint }))).toEqual(['worse', null])
  })
})

describe('cases of different runs are one', () => {
  const file = (caseKey: string, p50Ms: number) => ({ caseKey, p50Ms })
  it('if another file of the same backend and precision ran', () => {
    const left = runOfCases([file('onnxruntime-fp16-1a2b3c4d', 20)])
    const right = runOfCases([file('onnxruntime-fp16-9f8e7d6c', 22)])
    expect(
      compareRuns([left, right]).rows.map(({ key, entries }) => [key, entries.map((entry) => entry !== null)]),
    ).toEqual([['clip-vit-b32-b1/onnxruntime-fp16', [true, true]]])
  })

  it('only by their files where a run has several', () => {
    const left = runOfCases([file('onnxruntime-fp16-1a2b3c4d', 20), file('onnxruntime-fp16-9f8e7d6c', 21)])
    const right = runOfCases([file('onnxruntime-fp16-9f8e7d6c', 22)])
    expect(
      compareRuns([left, right]).rows.map(({ key, entries }) => [key, entries.map((entry) => entry !== null)]),
    ).toEqual([
      ['clip-vit-b32-b1/onnxruntime-fp16-1a2b3c4d', [true, false]],
      ['clip-vit-b32-b1/onnxruntime-fp16-9f8e7d6c', [true, true]],
    ])
  })
})

describe('a limit for regressions', () => {
  it.each([
    [0.06, 0.1, 'regression'],
    [0.04, 0.1, 'not-sure'],
    [-0.1, 0.05, 'none'],
  ] as const)('says of a change from %d to %d, with 5 percent: %s', (least, most, answer) => {
    expect(regressionOf({ worse: { least, most } }, 0.05)).toBe(answer)
  })

  it('judges nothing without an interval', () => {
    expect(regressionOf({ worse: null }, 0.05)).toBe('not-judged')
  })
})

describe('simulated runs', () => {
  it('that are identical mostly show no change, and one of 15 % is mostly found', () => {
    expect(shareWithChange(30, 1)).toBeLessThanOrEqual(0.1)
    expect(shareWithChange(30, 1.15)).toBeGreaterThanOrEqual(0.8)
  })
})
