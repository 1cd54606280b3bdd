import { describe, expect, it } from 'vitest'
import { parityFinding, speedVerdict, verdictReason } from '../../../shared/statistics/verdict.ts'

const between = (low: number, high: number) => ({ low, high, level: 0.95, method: 'any' })

describe('speedVerdict', () => {
  it.each([
    ['faster', 1.1, between(1.05, 1.15), null],
    ['slower', 0.9, between(0.85, 0.95), null],
    ['no-difference', 1.1, between(0.99, 1.2), null],
    ['no-difference', 1.019, between(1.01, 1.03), null],
    ['no-difference', 1.1, null, null],
    ['no-difference', 1.06, between(1.04, 1.08), 0.07],
    ['faster', 1.06, between(1.04, 1.08), 0.01],
  ] as const)('is %s at %s with %o and noise floor %s', (expected, ratio, interval, floor) => {
    expect(speedVerdict(ratio, interval, floor)).toBe(expected)
  })
})

describe('verdictReason', () => {
  it.each([
    [1.1, between(1.05, 1.15), 'faster', null, 'the interval 1.050 – 1.150 excludes 1, by more than 2.0 %'],
    [1.01, between(0.99, 1.03), 'no-difference', null, 'the interval 0.990 – 1.030 includes 1'],
    [1.015, between(1.01, 1.03), 'no-difference', null, '1.015 × is within ±2.0 %'],
    [1.1, null, 'no-difference', null, 'too few rounds or launches for an interval'],
    [
      1.05,
      between(1.01, 1.1),
      'no-difference',
      0.08,
      '1.050 × is within ±8.0 %; this machine cannot resolve less than 8.0 %',
    ],
  ] as const)('of %s with %o says what stands behind it', (ratio, interval, verdict, floor, sentence) => {
    expect(verdictReason(ratio, interval, verdict, floor)).toBe(sentence)
  })
})

describe('parityFinding', () => {
  const failed = {
    verdict: 'fail',
    reason: 'cosine 0.6',
    decidedBy: 'cosine 0.6',
    figures: null,
    reference: 'a',
  } as const
  const unjudged = { verdict: 'not-judged', reason: 'no FP32 case ran', figures: null, reference: null } as const
  const of = (parity: typeof failed | typeof unjudged, weights: 'own' | 'seeded', caseKey = 'b') =>
    parityFinding({ caseKey, backend: 'onnxruntime', weights, parity }, 'a')

  it('says what the record will say against a speedup', () => {
    expect(of(failed, 'own')).toEqual({
      ...{ verdict: 'fail', reason: 'cosine 0.6', decidedBy: 'cosine 0.6', refusal: 'parity failed: cosine 0.6' },
    })
    expect(of(unjudged, 'own').refusal).toBe('parity was not judged: no FP32 case ran')
  })

  it('says nothing against timing only, nor against the baseline, which has no speedup', () => {
    expect(of(unjudged, 'seeded')).toEqual({ verdict: 'not-judged', reason: 'no FP32 case ran', refusal: null })
    expect(of(unjudged, 'own', 'a').refusal).toBeNull()
  })
})
