import { afterEach, expect, test, vi } from 'vitest'
import { commands, readCommandLine } from '../../../electron/cli/command-line.ts'

afterEach(() => vi.restoreAllMocks())

function printed(words: readonly string[]): { readonly kind: string; readonly text: string } {
  const lines: string[] = []
  for (const name of ['log', 'info'] as const) {
    vi.spyOn(console, name).mockImplementation((...parts) => void lines.push(parts.join(' ')))
  }
  return { kind: readCommandLine(words, '1.2.3').kind, text: lines.join('\n') }
}

test('a command comes with its words and its options in camel case', () => {
  const request = readCommandLine(['report', './run', '--format', 'json,csv', '--out', 'o', '--json'], '1.2.3')
  expect(request).toMatchObject({
    kind: 'run',
    words: ['./run'],
    options: { format: 'json,csv', out: 'o', json: true },
  })
})

test('--help lists every command and the exit codes', () => {
  const { kind, text } = printed(['--help'])
  expect(kind).toBe('shown')
  for (const { usage } of commands) expect(text).toContain(usage.split(' ')[0])
  expect(text).toMatch(/130\s+cancelled/)
})

test('help of one command documents its options and the exit codes', () => {
  const { text } = printed(['run', '--help'])
  expect(text).toContain('--image-limit')
  expect(text).toMatch(/3\s+finished, with failed or skipped cases/)
})

test('--version names the version', () => {
  expect(printed(['--version']).text).toContain('1.2.3')
})

test.each([
  [['fly'], /There is no command fly/],
  [['run', '--modle', 'digits'], /Unknown option/],
  [['report'], /missing required args/],
  [['doctor', 'please'], /Unused args/],
])('%j is bad usage, said in one line', (words, message) => {
  expect(() => readCommandLine(words, '1.2.3')).toThrow(
    expect.objectContaining({
      record: expect.objectContaining({
        code: 'bad-usage',
        message: expect.stringMatching(message),
        remedy: expect.any(String),
      }),
    }),
  )
})

test('hashes that look like numbers stay as they were typed, however often they are given', () => {
  const words = ['run', '--artifact', '12e4', '--artifact=0012', '--artifact', 'ab12']
  expect(readCommandLine(words, '1.2.3')).toMatchObject({ options: { artifact: ['12e4', '0012', 'ab12'] } })
  expect(readCommandLine(['run', '--artifact', '12e4'], '1.2.3')).toMatchObject({ options: { artifact: '12e4' } })
})
