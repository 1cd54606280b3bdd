import { describe, expect, it } from 'vitest'
import { blockProblem, decodeMessage } from '../../../electron/workers/worker-process.ts'

const block = { message: 'block', id: 1, startedAtNs: 1, endedAtNs: 2, latenciesMs: [1] }

function codeOf(value: unknown): string {
  const decoded = decodeMessage(value)
  return 'error' in decoded ? decoded.error('measure').record.code : decoded.message.message
}

describe('decoding a message', () => {
  it('takes host clocks of a machine that has been up for a year', () => {
    const year = 366 * 24 * 3600 * 1e9
    expect(codeOf({ ...block, startedAtNs: year, endedAtNs: year + 1e9 })).toBe('block')
  })

  it.each([
    ['a negative sample', { latenciesMs: [1, -1] }],
    ['a sample of nothing', { latenciesMs: [0] }],
    ['no samples', { latenciesMs: [] }],
    ['a sample that is no number', { latenciesMs: [null] }],
    ['a clock that is no whole number', { endedAtNs: 1.5 }],
  ])('calls %s invalid samples', (_name, changes) => {
    expect(codeOf({ ...block, ...changes })).toBe('invalid-samples')
  })

  it('calls a block without an id a violation, whatever its samples', () => {
    expect(codeOf({ ...block, id: undefined, latenciesMs: [-1] })).toBe('protocol-violation')
  })
})

const believable = { startedAtNs: 1_000, endedAtNs: 3_001_000, latenciesMs: [1, 1, 1] } as const
const blockWith = (changes: object) => ({ ...believable, latenciesMs: [...believable.latenciesMs], ...changes })

describe('the check of a block', () => {
  it('finds nothing wrong with samples that fit their span', () => {
    expect(blockProblem(blockWith({}), 3, 1_000)).toBeNull()
  })

  it('refuses a block that overlaps the one before', () => {
    expect(blockProblem(blockWith({}), 3, 1_001)).toBe('the block starts before the previous one ended')
  })

  it('refuses a block that ends before it starts', () => {
    expect(blockProblem(blockWith({ endedAtNs: 1_000 }), 3, null)).toBe('the block ends before it starts')
  })

  it('refuses fewer samples than the floor', () => {
    expect(blockProblem(blockWith({}), 4, null)).toBe('it holds 3 samples, fewer than the minimum of 4')
  })

  it('refuses samples that add up to more than the block took', () => {
    expect(blockProblem(blockWith({ latenciesMs: [1, 1, 1.1] }), 3, null)).toBe(
      'its samples add up to more time than the block took',
    )
  })
})
