import { describe, expect, it } from 'vitest'
import { boxAround, detectionAgreement, type ScoredBox } from '../../../shared/statistics/detections.ts'

const box = (centreX: number, label = 0, score = 0.9): ScoredBox => ({
  ...boxAround(centreX, 0.5, 0.2, 0.2),
  label,
  score,
})

describe('detectionAgreement', () => {
  it('finds the same boxes the same, in whatever order they come', () => {
    const boxes = [box(0.2), box(0.5, 1, 0.7), box(0.8)]
    expect(detectionAgreement([boxes], [boxes.toReversed()])).toEqual({
      matchedShare: 1,
      meanIou: 1,
      maxScoreDifference: 0,
      meanAveragePrecision: 1,
      referenceBoxCount: 3,
    })
  })

  it('pairs a box with none of another class or too far away', () => {
    const agreement = detectionAgreement([[box(0.2), box(0.8)]], [[box(0.2, 1), box(0.8, 0, 0.6)]])
    expect(agreement).toMatchObject({ matchedShare: 0.5, meanIou: 1, referenceBoxCount: 2 })
    expect(agreement.maxScoreDifference).toBeCloseTo(0.3, 12)
    expect(detectionAgreement([[box(0.2)]], [[box(0.5)]])).toMatchObject({ matchedShare: 0, meanIou: null })
  })

  it('gives a partner to as many as can have one, not the best partner to the first', () => {
    // Either could have the middle one; only the first could have the other.
    const [reference, candidate] = [
      [box(0.3), box(0.34)],
      [box(0.33), box(0.27)],
    ]
    expect(detectionAgreement([reference], [candidate]).matchedShare).toBe(1)
  })

  it('never pairs boxes of different images', () => {
    expect(detectionAgreement([[box(0.2)], []], [[], [box(0.2)]]).matchedShare).toBe(0)
  })

  it('knows nothing where the reference found no box', () => {
    expect(detectionAgreement([[]], [[box(0.2)]])).toEqual({
      matchedShare: null,
      meanIou: null,
      maxScoreDifference: null,
      meanAveragePrecision: null,
      referenceBoxCount: 0,
    })
  })
})
