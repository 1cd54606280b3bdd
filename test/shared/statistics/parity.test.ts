import { describe, expect, it } from 'vitest'
import type { OutputErrors, ParityFigures } from '../../../shared/domain/parity.ts'
import { compareOutputs } from '../../../shared/statistics/compare-outputs.ts'
import type { OutputArray } from '../../../shared/statistics/output-array.ts'
import { judgeParity, worstVerdict } from '../../../shared/statistics/parity.ts'
import { parityFiguresOf } from '../../../shared/statistics/parity-figures.ts'

const array = (shape: readonly number[], values: readonly number[]): OutputArray => ({
  shape,
  values: Float32Array.from(values),
})

const noErrors: OutputErrors = {
  relativeError: 0,
  relativeErrorAt: 'output 1 of image 1',
  scale: 1,
  scaleAt: 'output 1',
  variationError: 0,
  variationErrorAt: 'output 1 of image 1',
  equalShare: null,
  equalShareAt: null,
  withoutOffset: { offset: 0, relativeError: 0, sameWinnerShare: 1 },
  varies: true,
}

describe('compareOutputs', () => {
  it('finds equal outputs equal', () => {
    const output = array([2, 3], [1, 2, 3, 4, 5, 6])
    expect(compareOutputs([output], [output], true)).toEqual({
      cosineSimilarity: 1,
      maxAbsError: 0,
      meanAbsError: 0,
      maxRelError: 0,
      nonFiniteCount: 0,
      nonFiniteAt: null,
      top1Agreement: 1,
      imageCount: 2,
      errors: noErrors,
    })
  })

  it('takes the worst image and the worst output', () => {
    const reference = [array([2, 2], [1, 0, 1, 0]), array([2, 1], [1, 1])]
    const candidate = [array([2, 2], [1, 0, 0, 1]), array([2, 1], [1, 0.5])]
    expect(compareOutputs(reference, candidate, true)).toEqual({
      cosineSimilarity: 0,
      maxAbsError: 1,
      meanAbsError: 2.5 / 6,
      maxRelError: 1,
      nonFiniteCount: 0,
      nonFiniteAt: null,
      top1Agreement: 0.5,
      imageCount: 2,
      errors: {
        relativeError: Math.SQRT2,
        relativeErrorAt: 'output 1 of image 2',
        scale: Math.sqrt(1.25 / 2),
        scaleAt: 'output 2',
        // The first output is the same for both images, so only the candidate's varies, and nothing judges it.
        variationError: null,
        variationErrorAt: null,
        equalShare: null,
        equalShareAt: null,
        withoutOffset: null,
        varies: false,
      },
    })
  })

  it('counts what is not finite and gives no difference then', () => {
    const candidate = array([1, 3], [Number.NaN, Number.POSITIVE_INFINITY, 1])
    expect(compareOutputs([array([1, 3], [1, 2, 3])], [candidate], false)).toEqual({
      cosineSimilarity: null,
      maxAbsError: null,
      meanAbsError: null,
      maxRelError: null,
      nonFiniteCount: 2,
      nonFiniteAt: 'output 1 of image 1',
      top1Agreement: null,
      imageCount: 1,
    })
  })

  it('names the output and the image of the first value that is not finite', () => {
    const logits = { name: 'logits', ...array([2, 1], [1, 2]) }
    const boxes = { name: 'boxes', ...array([2, 2], [1, 2, 3, Number.NaN]) }
    expect(compareOutputs([logits, boxes], [logits, boxes], false).nonFiniteAt).toBe('boxes of image 2')
  })

  it('leaves values that are tiny beside the largest out of the relative difference', () => {
    const reference = array([1, 3], [1000, 1, 0.5])
    expect(compareOutputs([reference], [array([1, 3], [1000, 1.25, 40])], false).maxRelError).toBe(0.25)
  })

  it('does not compare other shapes, or other numbers of outputs', () => {
    const reference = array([1, 4], [1, 2, 3, 4])
    expect(compareOutputs([reference], [array([1, 2], [1, 2])], false).cosineSimilarity).toBeNull()
    expect(compareOutputs([reference], [], false).cosineSimilarity).toBeNull()
    expect(compareOutputs([reference], [reference, reference], false).cosineSimilarity).toBeNull()
  })

  it('counts a NaN of the reference, and an infinity in one output only; not one in both, nor a mask of the lowest float', () => {
    const [infinite, lowest] = [Number.NEGATIVE_INFINITY, -3.4028234663852886e38]
    const counts = [
      [
        [1, Number.NaN],
        [1, 2],
      ],
      [
        [1, Number.NaN],
        [1, Number.NaN],
      ],
      [
        [1, infinite],
        [1, 2],
      ],
      [
        [1, 2],
        [1, infinite],
      ],
      [
        [1, infinite],
        [1, -infinite],
      ],
      [
        [1, infinite],
        [1, infinite],
      ],
      [
        [1, lowest],
        [1, infinite],
      ],
    ].map(
      ([left = [], right = []]) => compareOutputs([array([1, 2], left)], [array([1, 2], right)], false).nonFiniteCount,
    )
    expect(counts).toEqual([1, 1, 1, 1, 1, 0, 0])
  })

  it('finds an output of zeros against values not alike, and against zeros alike', () => {
    const zeros = array([1, 2], [0, 0])
    expect(compareOutputs([array([1, 2], [1, 1])], [zeros], false).cosineSimilarity).toBe(0)
    expect(compareOutputs([zeros], [zeros], false).cosineSimilarity).toBe(1)
  })
})

const tolerance = { cosinePass: 0.999, cosineWarn: 0.99, maxAbsPass: 0.01 }
const figures = (changes: Partial<ParityFigures> = {}): ParityFigures => ({
  cosineSimilarity: 0.9999,
  maxAbsError: 0.0005,
  meanAbsError: 0.0001,
  nonFiniteCount: 0,
  top1Agreement: null,
  imageCount: 24,
  ...changes,
})

const errors = (changes: Partial<OutputErrors>): OutputErrors => ({
  ...noErrors,
  relativeErrorAt: 'y of image 3',
  scaleAt: 'y',
  variationErrorAt: 'y of image 3',
  equalShareAt: 'y of image 3',
  withoutOffset: null,
  ...changes,
})

describe('judgeParity', () => {
  it.each([
    [
      'pass',
      'largest difference 0.00500',
      'the largest difference is 0.00500, 0.01 passes',
      figures({ maxAbsError: 0.005 }),
    ],
    ['pass', 'cosine 0.9999', 'cosine 0.9999, at least 0.999 needed', figures()],
    ['warn', 'cosine 0.9989', 'cosine 0.9989 is below 0.999', figures({ cosineSimilarity: 0.99899999 })],
    ['fail', 'cosine 0.9617', 'cosine 0.9617 is below 0.99', figures({ cosineSimilarity: 0.9617 })],
    [
      'warn',
      'largest difference 0.0200',
      'the largest difference, 0.0200, is above 0.01',
      figures({ maxAbsError: 0.02 }),
    ],
    [
      'fail',
      '3 NaN or Inf',
      '3 output values are NaN or infinite',
      figures({ nonFiniteCount: 3, cosineSimilarity: null }),
    ],
    ['fail', undefined, 'the outputs have other shapes than the reference’s', figures({ cosineSimilarity: null })],
    [
      'warn',
      'values off by 10 %',
      'values off by 10 % (y of image 3; limit 4.47 %)',
      figures({ errors: errors({ relativeError: 0.1 }) }),
    ],
    [
      'fail',
      'values off by 18 %',
      'values off by 18 % (y of image 3; limit 14.1 %)',
      figures({ errors: errors({ relativeError: 0.18 }) }),
    ],
    [
      'fail',
      'values 0.167 times as large',
      'values 0.167 times as large as the reference’s (y; limit ±14.1 %)',
      figures({ errors: errors({ scale: 1 / 6 }) }),
    ],
    [
      'fail',
      'differences between images off by 100 %',
      'differences between images off by 100 % (y of image 3; limit 35.4 %)',
      figures({ errors: errors({ variationError: 1 }) }),
    ],
    [
      'fail',
      '75.0 % of whole numbers equal',
      '75.0 % of whole numbers equal (y of image 3; 95.0 % needed)',
      figures({ errors: errors({ equalShare: 0.75 }) }),
    ],
  ])('says %s by %s: %s', (verdict, decidedBy, reason, given) => {
    expect(judgeParity(given, tolerance)).toEqual({ verdict, reason, ...(decidedBy && { decidedBy }) })
  })

  it('judges nothing by outputs that are the same for every image, but fails what differs from them', () => {
    const same = figures({ errors: errors({ varies: false }) })
    expect(judgeParity(same, tolerance)).toEqual({
      verdict: 'not-judged',
      reason: 'the reference gives the same outputs for every image',
    })
    expect(judgeParity({ ...same, cosineSimilarity: 0.5 }, tolerance)).toMatchObject({ verdict: 'fail' })
  })

  it('says where the first value that is not finite is', () => {
    const broken = figures({ nonFiniteCount: 1, nonFiniteAt: 'logits of image 3', cosineSimilarity: null })
    expect(judgeParity(broken, tolerance).reason).toBe(
      '1 output value is NaN or infinite, the first in logits of image 3',
    )
  })

  it('names what the task needs beside the cosine, cut so that nothing but all reads as all', () => {
    const detection = {
      matchedShare: 0.9999,
      meanIou: 0.98,
      maxScoreDifference: 0.01,
      meanAveragePrecision: 0.98765,
      referenceBoxCount: 12,
    }
    const task = { detection, neighbourAgreement: 27 / 28, accuracy: { candidate: 1, reference: 1 } }
    expect(judgeParity(figures(task), tolerance).reason).toBe(
      'cosine 0.9999, at least 0.999 needed; nearest image the same for 96.4 %; 99.9 % of 12 boxes matched; mAP 0.987; accuracy 100.0 %, FP32 100.0 %',
    )
  })

  it('judges nothing with seeded weights, not even a failure', () => {
    expect(judgeParity(figures({ cosineSimilarity: 0.1 }), tolerance, 'seeded')).toEqual({
      verdict: 'not-judged',
      reason: 'seeded weights: timing valid, predictions not',
    })
  })

  it('judges nothing without a tolerance', () => {
    expect(judgeParity(figures(), null)).toMatchObject({ verdict: 'not-judged' })
  })
})

describe('worstVerdict', () => {
  it('keeps the reason of the worst', () => {
    const judged = [
      { verdict: 'pass', reason: 'a' },
      { verdict: 'fail', reason: 'b' },
      { verdict: 'warn', reason: 'c' },
    ] as const
    expect(worstVerdict(judged)).toEqual({ verdict: 'fail', reason: 'b' })
    expect(worstVerdict([])).toEqual({ verdict: 'not-judged', reason: 'nothing was compared' })
  })
})

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
      errors: { ...noErrors, relativeErrorAt: 'out of image 1', scaleAt: 'out', variationErrorAt: 'out of image 1' },
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
