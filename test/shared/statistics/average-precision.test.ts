import { describe, expect, it } from 'vitest'
import { meanAveragePrecision } from '../../../shared/statistics/detections.ts'
import cases from '../../fixtures/statistics/detections.json' with { type: 'json' }

describe('meanAveragePrecision', () => {
  it.each(cases)(
    'counts $meanAveragePrecision, as COCO’s own tool does',
    ({ truth, found, meanAveragePrecision: coco }) => {
      expect(meanAveragePrecision(truth, found)).toBeCloseTo(coco, 10)
    },
  )

  it('is unknown where the truth holds no box', () => {
    const box = { left: 0, top: 0, right: 1, bottom: 1, label: 0, score: 1 }
    expect(meanAveragePrecision([[]], [[box]])).toBeNull()
    expect(meanAveragePrecision([[box]], [[]])).toBe(0)
  })
})
