import { describe, expect, it } from 'vitest'
import type { OutputArray } from '../../../shared/statistics/compare-outputs.ts'
import { parityFiguresOf } from '../../../shared/statistics/parity-figures.ts'

const rows = (...values: readonly (readonly number[])[]): readonly OutputArray[] => [
  { name: 'out', shape: [values.length, values[0]?.length ?? 0], values: values.flat() },
]
const unlabelled = { photographs: null, labels: null }
const noTask = { neighbourAgreement: null, detection: null, accuracy: null }
const same = {
  cosineSimilarity: 1,
  maxAbsError: 0,
  meanAbsError: 0,
  maxRelError: 0,
  nonFiniteCount: 0,
  nonFiniteAt: null,
}

describe('parityFiguresOf', () => {
  it('gives embeddings their neighbours, and no other task’s figures', () => {
    const outputs = rows([1, 0], [0, 1], [1, 1])
    const facts = { photographs: ['a', 'b', 'c'], labels: null }
    expect(parityFiguresOf({ postprocessing: 'embedding' }, outputs, outputs, facts)).toEqual({
      ...same,
      top1Agreement: null,
      imageCount: 3,
      ...noTask,
      neighbourAgreement: 1,
    })
  })

  it('gives labelled images the true accuracy of both', () => {
    const figures = parityFiguresOf({ postprocessing: 'top-1' }, rows([2, 1], [1, 2]), rows([2, 1], [2, 1]), {
      photographs: null,
      labels: [0, 1],
    })
    expect(figures).toMatchObject({ top1Agreement: 0.5, accuracy: { candidate: 0.5, reference: 1 }, detection: null })
  })

  it('gives detectors their boxes', () => {
    const outputs: readonly OutputArray[] = [
      { name: 'logits', shape: [1, 1, 3], values: [9, 0, 0] },
      { name: 'pred_boxes', shape: [1, 1, 4], values: [0.5, 0.5, 0.2, 0.2] },
    ]
    const task = { postprocessing: 'set-detection', scoreThreshold: 0.5 } as const
    expect(parityFiguresOf(task, outputs, outputs, unlabelled).detection).toMatchObject({
      matchedShare: 1,
      referenceBoxCount: 1,
    })
    expect(parityFiguresOf({ postprocessing: 'set-detection' }, outputs, outputs, unlabelled).detection).toBeNull()
  })

  it('gives no task figures for outputs that cannot be compared', () => {
    const figures = parityFiguresOf(
      { postprocessing: 'embedding' },
      rows([1, 0], [0, 1]),
      rows([1, Number.NaN], [0, 1]),
      {
        photographs: ['a', 'b'],
        labels: null,
      },
    )
    expect(figures).toMatchObject({ ...noTask, nonFiniteCount: 1, nonFiniteAt: 'out of image 1' })
  })

  it('gives a model of the user’s own the differences alone', () => {
    expect(parityFiguresOf({ postprocessing: 'none' }, rows([1]), rows([1]), unlabelled)).toMatchObject(noTask)
  })
})
