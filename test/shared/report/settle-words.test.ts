import { describe, expect, it } from 'vitest'
import type { CaseRecord, Speedup } from '../../../shared/domain/run.ts'
import { settledAnswer } from '../../../shared/report/settle-words.ts'
import { runOfCases } from '../../fakes/compared-runs.ts'

function answer(speedup: Partial<Speedup>, baseline: 'onnxruntime-fp32' | 'onnxruntime-int8' = 'onnxruntime-fp32') {
  const run = runOfCases([
    { caseKey: 'onnxruntime-fp32', p50Ms: 20 },
    { caseKey: 'onnxruntime-int8', p50Ms: 20 },
  ])
  const groups = run.groups.map((group) => ({
    ...group,
    baseline,
    cases: group.cases.map((entry): CaseRecord => {
      const own: Speedup = { ...entry.speedup, baseline, reason: 'why', margin: 0.02, ...speedup }
      return entry.caseKey === baseline ? entry : { ...entry, speedup: own }
    }),
  }))
  const { notes: _, ...told } = settledAnswer({ ...run, groups })
  return told
}

const interval = { low: 1.08, high: 1.12, level: 0.95, method: 'student-t over 8 launches' }

describe('the answer is about the second of the two', () => {
  it('faster', () => {
    expect(answer({ value: 1.1, interval, verdict: 'faster' })).toEqual({
      verdict: 'faster',
      value: 1.1,
      interval,
      sentence: 'ONNX Runtime INT8 is faster than ONNX Runtime FP32 by 8.0 to 12 %: 1.10 × (1.08 – 1.12).',
    })
  })

  it('turned around, if the run took the second as its baseline', () => {
    expect(answer({ value: 1.1, interval, verdict: 'faster' }, 'onnxruntime-int8')).toMatchObject({
      verdict: 'slower',
      value: expect.closeTo(1 / 1.1, 10),
      sentence: 'ONNX Runtime INT8 is slower than ONNX Runtime FP32 by 7.4 to 11 %: 0.91 × (0.89 – 0.93).',
    })
  })

  it('the same within the margin', () => {
    const close = { ...interval, low: 0.995, high: 1.011 }
    expect(answer({ value: 1.003, interval: close, verdict: 'same' }).sentence).toBe(
      'ONNX Runtime INT8 is as fast as ONNX Runtime FP32 within 2 %: 1.003 × (0.995 – 1.011).',
    )
  })

  it('undecided, with what this machine could tell', () => {
    const wide = { ...interval, low: 0.97, high: 1.04 }
    expect(answer({ value: 1.005, interval: wide, verdict: 'undecided' }).sentence).toBe(
      'This run cannot tell ONNX Runtime INT8 and ONNX Runtime FP32 apart below 4.0 %: 1.005 × (0.970 – 1.040). Why.',
    )
  })

  it('refused', () => {
    expect(
      answer({ value: null, interval: null, verdict: 'refused', reason: 'parity failed: cosine 0.9' }),
    ).toMatchObject({
      verdict: 'refused',
      sentence: 'No verdict: parity failed: cosine 0.9.',
    })
  })

  it('none, if the run measured nothing', () => {
    expect(settledAnswer({ ...runOfCases([]), groups: [], state: 'cancelled' }).sentence).toBe(
      'No answer: the run is cancelled.',
    )
  })
})

it('another file than before is told, and the same file is not', () => {
  const run = runOfCases([
    { caseKey: 'onnxruntime-fp32', p50Ms: 20 },
    { caseKey: 'onnxruntime-int8', p50Ms: 10 },
  ])
  expect(settledAnswer(run, ['ab'.repeat(32), 'c0de'.repeat(16)]).notes).toEqual([
    'ONNX Runtime FP32 ran another file than before (c0dec0de, then abababab): the answer is about the new one.',
  ])
})
