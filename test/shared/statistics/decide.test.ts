import { describe, expect, it } from 'vitest'
import { type Demands, demandsSchema } from '../../../shared/domain/decision.ts'
import type { RunRecord } from '../../../shared/domain/run.ts'
import { decisionWords } from '../../../shared/report/decision-words.ts'
import { decide, type JudgedOption } from '../../../shared/statistics/decide.ts'
import { type GivenCase, runOfCases } from '../../fakes/compared-runs.ts'
import { picksWithoutTie } from './simulated-runs.ts'

const torch = { caseKey: 'torch-eager-fp32', p50Ms: 40, p99Ms: 44, memoryMib: 980 }
const onnx = { caseKey: 'onnxruntime-fp32', p50Ms: 20, p99Ms: 22, memoryMib: 600 }
const node = { caseKey: 'onnxruntime-node-fp32', p50Ms: 25, p99Ms: 27, memoryMib: 300 }
const failed = { verdict: 'fail', reason: 'cosine 0.9617', figures: null, reference: 'torch-eager-fp32' } as const

const asked = (changes: Partial<Demands> = {}): Demands =>
  demandsSchema.parse({
    limits: {},
    parity: 'pass',
    withoutPython: false,
    prefer: ['images-per-second', 'p99', 'memory'],
    ...changes,
  })

const nameOf = (option: JudgedOption | null) => option && `${option.entry.caseKey} b${option.group.batchSize}`

function answer(cases: readonly GivenCase[], changes: Partial<Demands> = {}, record: Partial<RunRecord> = {}) {
  const demands = asked(changes)
  const choice = decide(runOfCases(cases, record), demands)
  return {
    recommended: nameOf(choice.recommended),
    tie: choice.tie && [choice.tie.members.map(nameOf), choice.tie.by, choice.tie.brokenBy],
    runnerUp: nameOf(choice.runnerUp),
    standings: Object.fromEntries(choice.options.map((option) => [nameOf(option), option.standing])),
    words: decisionWords(choice, demands.prefer),
    front: choice.options.filter(({ isOnFront }) => isOnFront).map(nameOf),
  }
}

describe('the candidate with the highest throughput is recommended', () => {
  it('with its runner-up, and why', () => {
    const { recommended, tie, runnerUp, words } = answer([torch, onnx, node])
    expect([recommended, tie, runnerUp]).toEqual(['onnxruntime-fp32 b1', null, 'onnxruntime-node-fp32 b1'])
    expect(words).toEqual({
      title: 'ONNX Runtime FP32, batch 1',
      figure: '50.0 images/s (49.5 – 50.5)',
      why: 'It has the highest throughput of the 3 of 3 candidates that surely meet every limit.',
      tie: null,
      runnerUp: 'ONNX Runtime (Node) FP32, batch 1: 40.0 images/s (39.6 – 40.4)',
      whatIf: ['Without its backend: ONNX Runtime (Node) FP32, batch 1, 40.0 images/s (39.6 – 40.4)'],
    })
  })

  it('over batch sizes too', () => {
    const larger = { ...onnx, batchSize: 8, p50Ms: 100, p99Ms: 110 }
    const { recommended, front } = answer([onnx, larger])
    expect([recommended, front]).toEqual(['onnxruntime-fp32 b8', ['onnxruntime-fp32 b1', 'onnxruntime-fp32 b8']])
  })

  it('of what is preferred first', () => {
    expect(answer([torch, onnx, node], { prefer: ['memory'] }).recommended).toBe('onnxruntime-node-fp32 b1')
  })
})

describe('limits are tested on intervals', () => {
  it.each([
    [{ p99Ms: 22.5 }, 'met'],
    [{ p99Ms: 22 }, 'not-sure'],
    [{ p99Ms: 21 }, 'missed'],
    [{ imagesPerSecond: 49 }, 'met'],
    [{ imagesPerSecond: 50 }, 'not-sure'],
    [{ imagesPerSecond: 51 }, 'missed'],
    [{ memoryMib: 600 }, 'met'],
    [{ memoryMib: 599 }, 'missed'],
    [{ energyJoules: 1 }, 'not-sure'],
    [{ coldStartMs: 1 }, 'not-sure'],
  ])('%j is %s', (limits, standing) => {
    expect(answer([onnx], { limits }).standings).toEqual({ 'onnxruntime-fp32 b1': standing })
  })

  it('one that is not sure is never recommended, and is told', () => {
    const { recommended, words } = answer([torch, onnx, node], { limits: { p99Ms: 22 } })
    expect(recommended).toBeNull()
    expect(words).toEqual({
      title: 'No candidate surely meets this',
      figure: null,
      why: 'ONNX Runtime FP32, batch 1 is not sure: p99 latency 22.0 ms (21.8 – 22.2) crosses 22.0 ms.',
      tie: null,
      runnerUp: null,
      whatIf: [
        'p99 latency up to 22.2 ms: ONNX Runtime FP32, batch 1, 50.0 images/s (49.5 – 50.5)',
        'Measuring longer could choose ONNX Runtime FP32, batch 1, 50.0 images/s (49.5 – 50.5), if it holds: p99 latency 22.0 ms (21.8 – 22.2) crosses 22.0 ms',
      ],
    })
  })

  it('if none meets them, the nearest is told with what it misses by', () => {
    expect(answer([torch, onnx, node], { limits: { p99Ms: 20 } }).words).toMatchObject({
      title: 'No candidate meets this',
      why: 'The nearest, ONNX Runtime FP32, batch 1, misses by 10 %: p99 latency 22.0 ms (21.8 – 22.2) is over 20.0 ms by 2.00 ms.',
    })
  })

  it('a percentile without enough samples is not sure', () => {
    const { p99Ms: _, ...few } = onnx
    expect(answer([few], { limits: { p99Ms: 100 } }).words.why).toBe(
      'ONNX Runtime FP32, batch 1 is not sure: p99 latency: n too small (204/662).',
    )
  })

  it('parity, Python and an unproved precision are limits too', () => {
    const cases = [
      torch,
      { ...onnx, parity: failed },
      node,
      { ...onnx, caseKey: 'onnxruntime-fp16', precisionProof: null },
    ]
    const { standings, recommended } = answer(cases, { withoutPython: true })
    expect(standings).toEqual({
      'torch-eager-fp32 b1': 'missed',
      'onnxruntime-fp32 b1': 'missed',
      'onnxruntime-node-fp32 b1': 'met',
      'onnxruntime-fp16 b1': 'excluded',
    })
    expect(recommended).toBe('onnxruntime-node-fp32 b1')
    expect(answer(cases, { parity: 'any' }).standings['onnxruntime-fp32 b1']).toBe('met')
    const seeded = {
      ...onnx,
      weights: 'seeded',
      parity: { ...failed, verdict: 'not-judged', reason: 'seeded weights' },
    } as const
    expect(answer([seeded]).words.why).toBe(
      'ONNX Runtime FP32, batch 1 is not sure: parity was not judged: seeded weights.',
    )
  })
})

describe('what cannot be told apart is a tie', () => {
  const close = { ...node, p50Ms: 20.1, p99Ms: 22.1 }

  it('broken by the next preference that tells them apart, and said to be one', () => {
    const { recommended, tie, words } = answer([torch, onnx, close])
    expect([recommended, tie]).toEqual([
      'onnxruntime-node-fp32 b1',
      [['onnxruntime-fp32 b1', 'onnxruntime-node-fp32 b1'], 'images-per-second', 'memory'],
    ])
    expect(words.tie).toBe(
      'A tie: by images/s it cannot be told from ONNX Runtime FP32, batch 1. Your next preference, memory, breaks it: 300 MiB.',
    )
  })

  it('or by nothing', () => {
    const { tie, words } = answer([torch, onnx, { ...close, memoryMib: 610 }])
    expect(tie?.[2]).toBeNull()
    expect(words.tie).toContain('Nothing that you prefer tells them apart either: take any of them.')
  })

  it('a copy of the baseline is a control and no candidate', () => {
    expect(Object.keys(answer([torch, { ...torch, caseKey: 'torch-eager-fp32.2' }, onnx]).standings)).toEqual([
      'torch-eager-fp32 b1',
      'onnxruntime-fp32 b1',
    ])
  })

  it('without an interval nothing is told apart', () => {
    const once = [
      { ...onnx, reach: null },
      { ...node, reach: null },
    ]
    expect(answer(once).tie?.[1]).toBe('images-per-second')
  })
})

describe('what would change the answer is told', () => {
  it('a limit raised, a limit tightened, and another backend', () => {
    const larger = { ...onnx, batchSize: 8, p50Ms: 100, p99Ms: 110 }
    expect(answer([torch, onnx, node, larger], { limits: { p99Ms: 30 } }).words.whatIf).toEqual([
      'p99 latency up to 111 ms: ONNX Runtime FP32, batch 8, 80.0 images/s (79.2 – 80.8)',
      'p99 latency below 22.2 ms: nothing is left',
      'Without its backend: ONNX Runtime (Node) FP32, batch 1, 40.0 images/s (39.6 – 40.4)',
    ])
  })
})

describe('on simulated runs', () => {
  it('identical candidates are mostly a tie, and one that is 15 % faster is mostly picked without one', () => {
    expect(picksWithoutTie({ trials: 30, count: 3, launchSpread: 0.02 }).untied).toBeLessThanOrEqual(0.1)
    expect(picksWithoutTie({ trials: 30, count: 3, launchSpread: 0.01, faster: 1.15 }).right).toBeGreaterThanOrEqual(
      0.8,
    )
  })
})

it('a run without cases recommends nothing', () => {
  const choice = decide({ ...runOfCases([]), groups: [] }, asked())
  expect(decisionWords(choice, ['p50'])).toMatchObject({
    title: 'No candidate meets this',
    why: 'the run has no case.',
  })
})
