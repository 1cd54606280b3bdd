import { describe, expect, it } from 'vitest'
import { blockProblem } from '../../../electron/workers/answers.ts'

const good = { message: 'block', id: 1, startedAtNs: 1_000, endedAtNs: 3_001_000, latenciesMs: [1, 1, 1] } as const
const block = (changes: object) => ({ ...good, latenciesMs: [...good.latenciesMs], ...changes })

describe('the check of a block', () => {
  it('finds nothing wrong with samples that fit their span', () => {
    expect(blockProblem(block({}), 3, 1_000)).toBeNull()
  })

  it('refuses a block that overlaps the one before', () => {
    expect(blockProblem(block({}), 3, 1_001)).toBe('the block starts before the one before it ended')
  })

  it('refuses a block that ends before it starts', () => {
    expect(blockProblem(block({ endedAtNs: 1_000 }), 3, null)).toBe('the block ends before it starts')
  })

  it('refuses fewer samples than the floor', () => {
    expect(blockProblem(block({}), 4, null)).toBe('3 samples came where 4 are the least')
  })

  it('refuses samples that add up to more than the block took', () => {
    expect(blockProblem(block({ latenciesMs: [1, 1, 1.1] }), 3, null)).toBe(
      'its samples add up to more time than the block took',
    )
  })
})
