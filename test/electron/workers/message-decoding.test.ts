import { describe, expect, it } from 'vitest'
import { decodeMessage } from '../../../electron/workers/answers.ts'
import { parseLine } from '../../../electron/workers/lines.ts'

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

  it('reads NaN and Infinity as nothing, and leaves the words in a text alone', () => {
    expect(parseLine('{"latenciesMs": [1.0, NaN, -Infinity], "x": Infinity}')).toEqual({
      latenciesMs: [1, null, null],
      x: null,
    })
    expect(parseLine('{"text": "[NaN]"}')).toEqual({ text: '[NaN]' })
    expect(() => parseLine('NaNa')).toThrow(SyntaxError)
  })
})
