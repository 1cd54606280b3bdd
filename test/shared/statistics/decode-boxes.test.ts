import { describe, expect, it } from 'vitest'
import { boxesOfFocal, boxesOfSet, boxesOfYolo } from '../../../shared/statistics/detections.ts'

const rounded = (boxes: ReturnType<typeof boxesOfSet>) =>
  boxes?.map((image) =>
    image.map(({ label, score, left, right }) => [
      label,
      ...[score, left, right].map((value) => Number(value.toFixed(3))),
    ]),
  )

describe('boxesOfSet', () => {
  const boxes = { shape: [1, 3, 4], values: [0.5, 0.5, 0.2, 0.2, 0.3, 0.5, 0.2, 0.2, 0.7, 0.5, 0.2, 0.2] }

  it('keeps queries whose best class reaches the threshold, best first; «no object» is no class', () => {
    // Softmax of [ln 6, 0, ln 3] is 0.6, 0.1, 0.3; of [0, ln 8, 0] 0.1, 0.8, 0.1; of [0, 0, ln 8] no object.
    const [six, three, eight] = [Math.log(6), Math.log(3), Math.log(8)]
    const logits = { shape: [1, 3, 3], values: [six, 0, three, 0, eight, 0, 0, 0, eight] }
    expect(rounded(boxesOfSet([logits, boxes], 0.5))).toEqual([
      [
        [1, 0.8, 0.2, 0.4],
        [0, 0.6, 0.4, 0.6],
      ],
    ])
  })

  it('does not decode outputs of other shapes', () => {
    expect(boxesOfSet([boxes], 0.5)).toBeNull()
    expect(boxesOfSet([{ shape: [1, 2, 3], values: [0, 0, 0, 0, 0, 0] }, boxes], 0.5)).toBeNull()
  })
})

describe('boxesOfFocal', () => {
  const boxes = { shape: [1, 2, 4], values: [0.5, 0.5, 0.2, 0.2, 0.3, 0.5, 0.2, 0.2] }

  it('scores each class by itself, the last as well', () => {
    const logits = { shape: [1, 2, 2], values: [Math.log(3), Math.log(1 / 3), 0, Math.log(4)] }
    expect(rounded(boxesOfFocal([logits, boxes], 0.7))).toEqual([
      [
        [1, 0.8, 0.2, 0.4],
        [0, 0.75, 0.4, 0.6],
      ],
    ])
  })

  it('does not decode outputs of other shapes', () => {
    expect(boxesOfFocal([boxes], 0.5)).toBeNull()
    expect(boxesOfFocal([{ shape: [1, 2, 0], values: [] }, boxes], 0.5)).toBeNull()
  })
})

describe('boxesOfYolo', () => {
  it('reads a column an anchor, and keeps the best of boxes that lie on one object', () => {
    const anchors = [
      [50, 50, 20, 20, 0.9, 0.1],
      [51, 50, 20, 20, 0.8, 0.1],
      [51, 50, 20, 20, 0.1, 0.7],
      [10, 10, 20, 20, 0.2, 0.1],
    ]
    const values = [0, 1, 2, 3, 4, 5].flatMap((row) => anchors.map((anchor) => anchor[row] ?? 0))
    expect(rounded(boxesOfYolo([{ shape: [1, 6, 4], values }], 0.25))).toEqual([
      [
        [0, 0.9, 40, 60],
        [1, 0.7, 41, 61],
      ],
    ])
  })

  it('does not decode outputs of other shapes', () => {
    expect(boxesOfYolo([{ shape: [1, 4, 4], values: [] }], 0.25)).toBeNull()
    expect(boxesOfYolo([], 0.25)).toBeNull()
  })
})
