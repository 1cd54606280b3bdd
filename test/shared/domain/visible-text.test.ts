import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visibleLine, visibleText } from '../../../shared/domain/visible-text.ts'
import { hostileTexts, rawCharactersIn } from '../../fakes/hostile-text.ts'

test.each([
  ['CLIP ViT-B/32', 'CLIP ViT-B/32'],
  ['größer, 模型, مدل, 👩‍🔬', 'größer, 模型, مدل, 👩‍🔬'],
  ['\x1b]0;owned\x07', '\\u001b]0;owned\\u0007'],
  ['\x9b31m', '\\u009b31m'],
  ['a\0b', 'a\\u0000b'],
  ['gnp.\u202eexe', 'gnp.\\u202eexe'],
  ['half \ud800', 'half \\ud800'],
  ['tag \u{e0041}', 'tag \\udb40\\udc41'],
  ['two\nlines\tand a tab', 'two\\nlines\\tand a tab'],
])('%j is shown as %s', (text, shown) => {
  expect(visibleLine(text)).toBe(shown)
})

test('lines and tabs of a text stay', () => {
  expect(visibleText('two\nlines\tand \x1b')).toBe('two\nlines\tand \\u001b')
})

test('no text keeps a character that is not shown, and nothing is escaped twice', () => {
  fc.assert(
    fc.property(hostileTexts, (text) => {
      expect(rawCharactersIn(visibleLine(text))).toEqual([])
      expect(visibleLine(visibleLine(text))).toBe(visibleLine(text))
    }),
  )
})

test('JSON stays the same JSON', () => {
  fc.assert(
    fc.property(fc.dictionary(hostileTexts, hostileTexts), (value) => {
      expect(JSON.parse(visibleText(JSON.stringify(value, null, 2)))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})
