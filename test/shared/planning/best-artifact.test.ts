import { describe, expect, it } from 'vitest'
import type { CaseRecord } from '../../../shared/domain/run.ts'
import { bestArtifactOf } from '../../../shared/planning/best-artifact.ts'
import { exampleRecord } from '../../fakes/example-record.ts'

const example = exampleRecord().groups[0]?.cases[0]
if (example === undefined) throw new Error('The example has no case.')

function ran(sha256: string | null, p50Ms: number, changes: Partial<CaseRecord> = {}): CaseRecord {
  if (example === undefined) throw new Error('The example has no case.')
  return {
    ...example,
    caseKey: `onnxruntime-${changes.precision ?? 'fp16'}`,
    precision: 'fp16',
    state: 'completed',
    artifactSha256: sha256,
    precisionProof: { holds: true, label: 'fp16', method: 'graph', evidence: [] },
    parity: { verdict: 'pass', reason: 'cosine 1', figures: null, reference: null },
    latencyMs: { ...example.latencyMs, p50: { value: p50Ms, interval: null } },
    ...changes,
  }
}

describe('bestArtifactOf', () => {
  it('is the fastest that passed parity and is proved', () => {
    const cases = [
      ran(null, 1),
      ran('slow', 9),
      ran('best', 4),
      ran('wrong', 2, { parity: { verdict: 'warn', reason: 'cosine', figures: null, reference: null } }),
      ran('unproved', 3, { precisionProof: { holds: false, label: 'fp32', method: 'graph', evidence: [] } }),
      ran('failed', 1, { state: 'failed', reason: 'It crashed.' }),
    ]
    expect(bestArtifactOf({ cases })).toEqual({ sha256: 'best', caseKey: 'onnxruntime-fp16', p50Ms: 4 })
  })

  it('says case by case why there is none', () => {
    const cases = [
      ran('a', 1, { parity: { verdict: 'fail', reason: 'cosine 0.5 is below 0.9', figures: null, reference: null } }),
      ran('b', 1, { precision: 'int8', state: 'skipped', reason: 'There is no GPU.' }),
    ]
    expect(bestArtifactOf({ cases })).toEqual({
      sha256: null,
      reason:
        'FP16 (onnxruntime-fp16): parity fail: cosine 0.5 is below 0.9; INT8 (onnxruntime-int8): skipped: There is no GPU.',
    })
    expect(bestArtifactOf({ cases: [ran(null, 1)] })).toEqual({ sha256: null, reason: 'no case ran an artifact' })
  })
})
