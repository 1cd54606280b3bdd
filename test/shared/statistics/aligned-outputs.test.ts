import { describe, expect, it } from 'vitest'
import { alignedOutputs } from '../../../shared/statistics/aligned-outputs.ts'
import { type OutputArray, outputRows } from '../../../shared/statistics/output-array.ts'
import { judgeParity } from '../../../shared/statistics/parity.ts'
import { parityFiguresOf } from '../../../shared/statistics/parity-figures.ts'

const tolerance = { cosinePass: 0.999, cosineWarn: 0.99, maxAbsPass: null }
const task = { postprocessing: 'none', outputs: ['kept', 'scores'] } as const
const nobody = { photographs: null, labels: null }
const scores: OutputArray = { name: 'scores', shape: [3, 2], values: [1, 2, 3, 4, 5, 7] }

/** What was found in each of three images: rows of two numbers. */
function kept(...images: readonly (readonly (readonly [number, number])[])[]): OutputArray {
  const values = images.flat(2)
  return { name: 'kept', shape: [values.length], shapes: images.map((rows) => [rows.length, 2]), values }
}

const judged = (reference: readonly OutputArray[], candidate: readonly OutputArray[]) =>
  judgeParity(parityFiguresOf(task, reference, candidate, nobody), tolerance)

describe('outputs whose shape depends on the data', () => {
  it('are compared as lists: their lengths, and their rows in order', () => {
    const one = kept(
      [[0, 1]],
      [],
      [
        [2, 3],
        [4, 5],
      ],
    )
    const other = kept(
      [[0, 1]],
      [],
      [
        [4, 5],
        [2, 3],
      ],
    )
    expect(alignedOutputs([one, scores], [other, scores], task.outputs)).toEqual({
      reference: [
        { name: 'the length of kept', shape: [3], values: Float64Array.from([1, 0, 2]) },
        { name: 'kept', shape: [3, 2, 2], values: Float64Array.from([0, 1, 0, 0, 0, 0, 0, 0, 2, 3, 4, 5]) },
        scores,
      ],
      candidate: [
        { name: 'the length of kept', shape: [3], values: Float64Array.from([1, 0, 2]) },
        { name: 'kept', shape: [3, 2, 2], values: Float64Array.from([0, 1, 0, 0, 0, 0, 0, 0, 2, 3, 4, 5]) },
        scores,
      ],
      notCompared: [],
    })
    expect(judged([one, scores], [other, scores]).verdict).toBe('pass')
  })

  it('fail where a candidate finds what the reference does not', () => {
    const one = kept([[0, 1]], [[7, 8]], [[2, 3]])
    expect(judged([one, scores], [kept([[0, 1]], [], [[2, 3]]), scores]).verdict).toBe('fail')
  })

  it('are equal where nothing is found', () => {
    const nothing = kept([], [], [])
    expect(judged([nothing, scores], [nothing, scores]).verdict).toBe('pass')
    expect(judged([nothing], [nothing])).toEqual({
      verdict: 'not-judged',
      reason: 'the reference gives the same outputs for every image',
    })
  })

  it('match a row per image where each has one row', () => {
    const rows: OutputArray = { name: 'kept', shape: [3, 2], values: [0, 1, 2, 3, 4, 5] }
    expect(judged([kept([[0, 1]], [[2, 3]], [[4, 5]]), scores], [rows, scores]).verdict).toBe('pass')
    expect(judged([kept([[0, 1]], [[2, 3]], [[4, 5]]), scores], [kept([[0, 1]], [[2, 3]], []), scores]).verdict).toBe(
      'fail',
    )
  })

  it('fail where they have another number of dimensions', () => {
    const flat: OutputArray = { name: 'kept', shape: [6], shapes: [[2], [2], [2]], values: [0, 1, 2, 3, 4, 5] }
    expect(judged([kept([[0, 1]], [], [[2, 3]]), scores], [flat, scores]).verdict).toBe('fail')
  })

  it('are left out at a batch, and the verdict says so', () => {
    expect(judged([scores], [scores])).toEqual({
      verdict: 'pass',
      reason: expect.stringContaining('"kept" has no row per image, and is compared at batch 1 only'),
      decidedBy: expect.any(String),
    })
    expect(judged([], [])).toEqual({
      verdict: 'not-judged',
      reason: '"kept", "scores" has no row per image; batch 1 compares it',
    })
  })

  it('of some of the images are theirs', () => {
    expect(
      outputRows(
        [
          kept(
            [[0, 1]],
            [],
            [
              [2, 3],
              [4, 5],
            ],
          ),
        ],
        [2, 1],
      ),
    ).toEqual([
      kept(
        [
          [2, 3],
          [4, 5],
        ],
        [],
      ),
    ])
  })
})
