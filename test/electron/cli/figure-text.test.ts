import { expect, test } from 'vitest'
import { bytesText, durationText, figureText, numberText } from '../../../electron/cli/figure-text.ts'
import { measured, missing } from '../../../shared/domain/figure.ts'

test.each([
  [0, '0'],
  [0.04321, '0.0432'],
  [1.2345, '1.23'],
  [12.345, '12.3'],
  [1234.5, '1235'],
])('%d reads %s', (value, text) => {
  expect(numberText(value)).toBe(text)
})

test('a figure has its unit, and one that is missing is no number', () => {
  expect([figureText(measured(12.345), 'ms'), figureText(missing('not measured'), 'ms')]).toEqual(['12.3 ms', '–'])
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [191_794_682, '192 MB'],
  [2.5e9, '2.50 GB'],
])('%d bytes read %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})

test.each([
  [12, '12 ms'],
  [4321, '4.32 s'],
  [59_990, '60.0 s'],
  [119_800, '2 min 0 s'],
  [61_000, '1 min 1 s'],
])('%d ms read %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text)
})
