import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLineSplitter, encodeLine, parseLine } from '../../../electron/workers/lines.ts'

function split(chunks: readonly Uint8Array[], maximumBytes = 1000) {
  const lines: string[] = []
  const listener = { line: (text: string) => lines.push(text), tooLong: () => lines.push('TOO LONG') }
  const splitter = createLineSplitter(maximumBytes, listener)
  for (const chunk of chunks) splitter.push(chunk)
  return { lines, pendingBytes: splitter.pendingBytes() }
}

describe('the line splitter', () => {
  it('finds the same lines however the bytes are chunked', () => {
    const values = fc.array(fc.jsonValue(), { maxLength: 5 })
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 20 }), (messages, size) => {
        const bytes = Buffer.from(messages.map(encodeLine).join(''))
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        )
        const { lines, pendingBytes } = split(chunks, 1_000_000)
        expect(lines).toEqual(messages.map((message) => JSON.stringify(message)))
        expect(pendingBytes).toBe(0)
      }),
    )
  })

  it('drops a line over the limit to its end and reads on', () => {
    expect(
      split([Buffer.from('ok\n'), Buffer.alloc(900, 'x'), Buffer.alloc(900, 'x'), Buffer.from('\nagain\n')]),
    ).toEqual({
      lines: ['ok', 'TOO LONG', 'again'],
      pendingBytes: 0,
    })
  })

  it('takes a line of exactly the limit', () => {
    expect(split([Buffer.from(`${'x'.repeat(10)}\n${'y'.repeat(11)}\n`)], 10).lines).toEqual([
      'x'.repeat(10),
      'TOO LONG',
    ])
  })

  it('tells how much of a last line has no end', () => {
    expect(split([Buffer.from('one\ntw')])).toEqual({ lines: ['one'], pendingBytes: 2 })
  })
})

describe('a line of JSON', () => {
  it('with NaN or Infinity has null there, and keeps those words within a text', () => {
    expect(parseLine('{"latenciesMs": [1.0, NaN, -Infinity], "x": Infinity}')).toEqual({
      latenciesMs: [1, null, null],
      x: null,
    })
    expect(parseLine('{"text": "[NaN]"}')).toEqual({ text: '[NaN]' })
    expect(() => parseLine('NaNa')).toThrow(SyntaxError)
  })
})
