import { describe, expect, it, test } from 'vitest'
import type { CaseRecord } from '../../../shared/domain/run.ts'
import {
  artifactWords,
  caseName,
  decidingWords,
  exportedWords,
  proofWords,
  speedupWords,
  taskFigureWords,
} from '../../../shared/report/case-words.ts'
import { textFormats } from '../../../shared/report/formats/index.ts'
import { exampleCase, exampleRecord } from '../../fakes/example-record.ts'

test.each([
  ['onnxruntime-fp32', 'ONNX Runtime FP32'],
  ['onnxruntime-fp32-tuned', 'ONNX Runtime, tuned FP32'],
  ['onnxruntime-fp32-tuned-1a2b3c4d.2', 'ONNX Runtime, tuned, copy 2 FP32'],
])('the case %s is called %s', (caseKey, name) => {
  expect(caseName({ caseKey, backend: 'onnxruntime', precision: 'fp32' })).toBe(name)
})

const converted: Partial<CaseRecord> = {
  artifactSha256: '1a2b3c4d'.repeat(8),
  artifact: {
    kind: 'tensorrt-engine',
    sha256: '1a2b3c4d'.repeat(8),
    tools: { TensorRT: '11.4.0.106' },
    parity: { verdict: 'pass', reason: 'cosine 0.9998, at least 0.999 needed' },
  },
  parity: {
    verdict: 'pass',
    reason: 'cosine 0.9998, at least 0.999 needed',
    reference: 'torch-eager-fp32',
    figures: {
      ...{ cosineSimilarity: 0.9998, maxAbsError: 0.1, meanAbsError: 0.01, nonFiniteCount: 0, nonFiniteAt: null },
      ...{ top1Agreement: null, imageCount: 14, maxRelError: 0.2, neighbourAgreement: null },
      accuracy: { candidate: 1, reference: 1 },
      detection: {
        ...{ matchedShare: 1, meanIou: 0.99, maxScoreDifference: 0.01, meanAveragePrecision: 0.9876 },
        referenceBoxCount: 12,
      },
    },
  },
}

describe('the words of a case', () => {
  it('name the artifact that ran, what made it, and how it was judged then', () => {
    expect(artifactWords(exampleCase(converted))).toBe(
      'tensorrt-engine 1a2b3c4d, made by TensorRT 11.4.0.106; when converted: ✓ pass, cosine 0.9998, at least 0.999 needed',
    )
    expect(artifactWords(exampleCase())).toBeNull()
  })

  it('name the exporter that made the graph, and why the other was refused', () => {
    const exporter: CaseRecord['exporter'] = {
      ...{
        name: 'dynamo',
        batchSizes: [1, 3, 8],
        sizes: [{ height: 640, width: 640 }],
        worstShare: 1e-6,
        choiceCount: 1,
      },
      ...{ refused: [{ name: 'torchscript', reason: 'its graph is not valid ONNX' }], reason: null },
    }
    expect(exportedWords(exampleCase({ exporter }))).toBe(
      'Exported: By the dynamo exporter. The TorchScript exporter was refused: its graph is not valid ONNX.',
    )
    const named = { ...exporter, refused: [], reason: 'the other lacks an operator' }
    expect(exportedWords(exampleCase({ exporter: named }))).toBe(
      'Exported: By the dynamo exporter, tried first because the other lacks an operator.',
    )
    expect(exportedWords(exampleCase())).toBeNull()
  })

  it('say what the precision was read from, also if that does not support the label', () => {
    const proof = { holds: false, label: 'fp32 or tf32', method: 'engine inspector: types of weights', evidence: [] }
    expect(proofWords(exampleCase({ backend: 'tensorrt', precisionProof: proof }))).toBe(
      'precision not proved: fp32 or tf32, by engine inspector: types of weights',
    )
    expect(proofWords(exampleCase({ precisionProof: null }))).toBeNull()
  })

  it.each(['md', 'html', 'csv'] as const)('name the evidence of each precision in a report (%s)', (format) => {
    const proof = { holds: true, label: 'fp16', method: 'engine inspector: names of tactics', evidence: [] }
    const record = exampleRecord()
    const groups = record.groups.map((group) => ({
      ...group,
      cases: [exampleCase({ backend: 'tensorrt', precisionProof: proof })],
    }))
    const text = textFormats[format].render({ record: { ...record, groups }, runFolder: '/runs/one' })
    expect(text).toContain('engine inspector: names of tactics')
  })

  it('give the figures of the task, accuracy apart', () => {
    expect(taskFigureWords(exampleCase(converted))).toEqual(['100.0 % of 12 boxes matched', 'mAP 0.987'])
    expect(taskFigureWords(exampleCase())).toEqual([])
  })

  it.each(['md', 'html', 'csv'] as const)('show the artifact and the task’s figures in a report (%s)', (format) => {
    const record = exampleRecord()
    const groups = record.groups.map((group) => ({
      ...group,
      cases: [...group.cases, exampleCase({ ...converted, caseKey: 'tensorrt-fp16-1a2b3c4d' })],
    }))
    const text = textFormats[format].render({ record: { ...record, groups }, runFolder: '/runs/one' })
    expect(text).toContain('1a2b3c4d')
    expect(text).toContain('TensorRT 11.4.0.106')
    expect(text).toMatch(/0\.987/)
  })

  it('give a speedup without disturbed rounds beside the one with all of them', () => {
    const [group] = exampleRecord().groups
    if (group === undefined) throw new Error('the example has no group')
    const interval = { low: 1.4, high: 1.6, level: 0.95, method: 'm' }
    const speedup = {
      value: 1.5,
      interval,
      baseline: group.baseline,
      verdict: 'faster',
      reason: 'r',
      heading: null,
    } as const
    const words = (value: number | null, roundsLeftOut: number) => {
      const withoutFlagged = { value, interval: value === null ? null : interval, roundsLeftOut }
      return speedupWords(exampleCase({ caseKey: 'other', speedup: { ...speedup, withoutFlagged } }), group)
    }
    expect(words(1.5, 1)).toBe('1.50 × (1.40 – 1.60) faster; without 1 disturbed round 1.50 × (1.40 – 1.60)')
    expect(words(null, 12)).toBe('1.50 × (1.40 – 1.60) faster; every round was disturbed')
  })
})

test('the figure that decided parity is told where it was not the cosine, which is told anyway', () => {
  const deciding = (decidedBy?: string) =>
    decidingWords(
      exampleCase({
        parity: { verdict: 'fail', reason: 'r', figures: null, reference: null, ...(decidedBy && { decidedBy }) },
      }),
    )
  expect([deciding('values off by 18 %'), deciding('cosine 0.9617'), deciding()]).toEqual([
    ['values off by 18 %'],
    [],
    [],
  ])
})
