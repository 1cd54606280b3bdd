import { expect, test } from 'vitest'
import { buildsText } from '../../../electron/cli/convert-command.ts'

const pipe = { resultIsTerminal: false }
const build = (number: number, letter: string, buildTimeMs: number) => ({
  ...{ build: number, sha256: letter.repeat(64), buildTimeMs, sizeBytes: 446_000 },
})

test('builds are listed with how far apart they lie, and how their speed is compared', () => {
  expect(buildsText([build(1, 'a', 12_000), build(2, 'b', 14_500)], 'my model.onnx', pipe)).toBe(
    [
      'Build  sha256        build time    size',
      '1      aaaaaaaaaaaa      12.0 s  446 kB',
      '2      bbbbbbbbbbbb      14.5 s  446 kB',
      '',
      'Spread between builds: build time 12.0 s to 14.5 s, size 446 kB. 2 of 2 builds differ in their bytes.',
      '',
      "To compare their speed: enginebench run --model 'my model.onnx' --artifact aaaaaaaaaaaa,bbbbbbbbbbbb",
    ].join('\n'),
  )
})

test('builds of the same bytes are said to be so', () => {
  expect(buildsText([build(1, 'a', 900), build(2, 'a', 900)], 'digits', pipe)).toContain(
    'Spread between builds: build time 900 ms, size 446 kB. All builds have the same bytes.',
  )
})
