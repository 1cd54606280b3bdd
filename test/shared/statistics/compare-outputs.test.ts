import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { compareOutputs, correctShare, neighbourAgreement } from '../../../shared/statistics/compare-outputs.ts'

describe('neighbourAgreement', () => {
  it('is the share of images whose nearest other image stays the same', () => {
    const reference = [1, 0, 0.9, 0.1, 0, 1]
    const candidate = [1, 0, 0.2, 0.9, 0, 1]
    expect(neighbourAgreement(reference, reference, ['a', 'b', 'c'])).toBe(1)
    expect(neighbourAgreement(reference, candidate, ['a', 'b', 'c'])).toBeCloseTo(2 / 3, 12)
  })

  it('does not take a crop of the same photograph for a neighbour', () => {
    const reference = [1, 0, 0.99, 0.1, 0.5, 0.5, 0, 1]
    const crops = ['a', 'a', 'b', 'c']
    // The crop moved far, and its own photograph’s rows still find the same image of another.
    const candidate = [1, 0, 0.7, 0.3, 0.5, 0.5, 0, 1]
    expect(neighbourAgreement(reference, candidate, crops)).toBe(1)
  })

  it('is unknown where every image is of one photograph', () => {
    expect(neighbourAgreement([1, 0, 0, 1], [1, 0, 0, 1], ['a', 'a'])).toBeNull()
  })

  it('does not depend on how long the embeddings are', () => {
    const row = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 }), fc.constant(5))
    fc.assert(
      fc.property(fc.array(row, { minLength: 3, maxLength: 8 }), (rows) => {
        const names = rows.map((_, index) => String(index))
        const doubled = rows.flat().map((value) => value * 2)
        expect(neighbourAgreement(rows.flat(), doubled, names)).toBe(1)
      }),
    )
  })
})

describe('top-5 agreement', () => {
  const row = (best: readonly number[]) => Array.from({ length: 20 }, (_, index) => best.indexOf(index) + 1)
  const compared = (one: readonly number[], other: readonly number[], classes = 20) =>
    compareOutputs(
      [{ shape: [1, classes], values: row(one).slice(0, classes) }],
      [{ shape: [1, classes], values: row(other).slice(0, classes) }],
      true,
    ).top5Agreement

  it('is the share of the five best classes that stay among the five best, in any order', () => {
    expect(compared([1, 2, 3, 4, 5], [5, 4, 3, 2, 1])).toBe(1)
    expect(compared([1, 2, 3, 4, 5], [1, 2, 3, 14, 15])).toBeCloseTo(0.6, 12)
  })

  it('says nothing of a few classes, most of which are always among the five', () => {
    expect(compared([1, 2, 3, 4, 5], [5, 4, 3, 2, 1], 10)).toBeUndefined()
  })
})

test('an image is right where its largest score, the first of equals, is at its label', () => {
  expect(correctShare([1, 2, 2, 1, 3, 3], [1, 0, 1])).toBeCloseTo(2 / 3, 12)
})
