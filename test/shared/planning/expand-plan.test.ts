import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../../shared/domain/plan.ts'
import { expandPlan } from '../../../shared/planning/expand-plan.ts'
import { fakePlan } from '../../fakes/run-record.ts'
import { manifest } from './manifest.ts'

const candidate = (
  backend: Candidate['backend'],
  precision: Candidate['precision'] = 'fp32',
  options = {},
): Candidate => ({
  backend,
  precision,
  options,
})

describe('expandPlan', () => {
  it('makes a group for each batch size, with every candidate as a case', () => {
    const candidates = [candidate('onnxruntime'), candidate('torch-eager')]
    const groups = expandPlan(fakePlan({ batchSizes: [1, 8], candidates }), manifest)
    const cases = [
      { caseKey: 'onnxruntime-fp32', candidate: candidates[0] },
      { caseKey: 'torch-eager-fp32', candidate: candidates[1] },
    ]
    const shared = { device: 'cpu', baseline: 'torch-eager-fp32', cases, seed: expect.any(Number) }
    expect(groups).toEqual([
      { ...shared, groupKey: 'clip-b1', batchSize: 1, inputShape: [1, 3, 224, 224] },
      { ...shared, groupKey: 'clip-b8', batchSize: 8, inputShape: [8, 3, 224, 224] },
    ])
    expect(groups[0]?.seed).not.toBe(groups[1]?.seed)
  })

  it('tells cases of different artifacts apart by the start of their hashes', () => {
    const named = (artifact: string): Candidate => ({
      ...{ backend: 'onnxruntime', precision: 'fp16', options: {} },
      artifact: artifact.repeat(8),
    })
    const candidates = [named('1a2b3c4d'), named('ffffffff'), named('1a2b3c4d')]
    expect(expandPlan(fakePlan({ candidates }), manifest)[0]?.cases.map(({ caseKey }) => caseKey)).toEqual([
      'onnxruntime-fp16-1a2b3c4d',
      'onnxruntime-fp16-ffffffff',
      'onnxruntime-fp16-1a2b3c4d.2',
    ])
  })

  it('tells a tuned case from one as shipped, and never makes it the baseline', () => {
    const candidates = [candidate('onnxruntime', 'fp32', { tuned: true }), candidate('onnxruntime')]
    const [group] = expandPlan(fakePlan({ candidates }), manifest)
    expect([group?.cases.map(({ caseKey }) => caseKey), group?.baseline]).toEqual([
      ['onnxruntime-fp32-tuned', 'onnxruntime-fp32'],
      'onnxruntime-fp32',
    ])
  })

  it('names size and device in the key where they are not the usual ones', () => {
    const keys = (changes: Parameters<typeof fakePlan>[0]) =>
      expandPlan(fakePlan(changes), manifest).map((group) => group.groupKey)
    expect([keys({ inputSize: 224 }), keys({ inputSize: 336 }), keys({ inputSize: 336, device: 'cuda' })]).toEqual([
      ['clip-b1'],
      ['clip-b1-336px'],
      ['clip-b1-336px-cuda'],
    ])
  })

  it.each([
    ['torch-eager-fp32', [candidate('onnxruntime'), candidate('ultralytics'), candidate('torch-eager')]],
    ['ultralytics-fp32', [candidate('onnxruntime'), candidate('ultralytics'), candidate('torch-eager', 'bf16')]],
    ['onnxruntime-fp32', [candidate('onnxruntime-node'), candidate('onnxruntime')]],
    ['onnxruntime-node-fp32', [candidate('onnxruntime', 'fp16'), candidate('onnxruntime-node')]],
    ['simulated-int8', [candidate('simulated', 'int8'), candidate('simulated')]],
  ])('takes %s as the baseline where it can', (baseline, candidates) => {
    expect(expandPlan(fakePlan({ candidates }), manifest)[0]?.baseline).toBe(baseline)
  })

  it('tells copies apart by number', () => {
    const candidates = [candidate('torch-eager'), candidate('torch-eager'), candidate('torch-eager', 'fp32', { a: 1 })]
    const [group] = expandPlan(fakePlan({ candidates }), manifest)
    expect(group?.cases.map(({ caseKey }) => caseKey)).toEqual([
      'torch-eager-fp32',
      'torch-eager-fp32.2',
      'torch-eager-fp32.3',
    ])
  })

  it('measures the baseline twice in a rigorous run, unless it is named twice already', () => {
    const keysOf = (candidates: Candidate[]) =>
      expandPlan(fakePlan({ preset: 'rigorous', candidates }), manifest)[0]?.cases.map(({ caseKey }) => caseKey)
    const pair = ['torch-eager-fp32', 'torch-eager-fp32.2']
    expect(keysOf([candidate('torch-eager'), candidate('onnxruntime')])).toEqual([
      'torch-eager-fp32',
      'onnxruntime-fp32',
      'torch-eager-fp32.2',
    ])
    expect(keysOf([candidate('torch-eager'), candidate('torch-eager')])).toEqual(pair)
    expect(
      keysOf([candidate('torch-eager', 'fp32', { a: 1, b: 2 }), candidate('torch-eager', 'fp32', { b: 2, a: 1 })]),
    ).toEqual(pair)
  })

  it('gives unique keys that the record allows, whatever is listed', () => {
    const anyCandidate = fc.record({
      backend: fc.constantFrom<Candidate['backend']>('torch-eager', 'onnxruntime', 'simulated'),
      precision: fc.constantFrom<Candidate['precision']>('fp32', 'fp16'),
      options: fc.constant({}),
    })
    fc.assert(
      fc.property(fc.array(anyCandidate, { minLength: 1, maxLength: 12 }), (candidates) => {
        for (const { groupKey, baseline, cases } of expandPlan(
          fakePlan({ candidates, batchSizes: [1, 2, 1] }),
          manifest,
        )) {
          const keys = cases.map(({ caseKey }) => caseKey)
          expect(new Set(keys).size).toBe(keys.length)
          expect(keys).toContain(baseline)
          for (const key of [groupKey, ...keys]) expect(key).toMatch(/^[a-z0-9._-]+$/)
        }
      }),
    )
  })
})
