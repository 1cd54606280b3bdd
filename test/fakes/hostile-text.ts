// Names as nobody should give them: with characters that a terminal obeys, that turn the direction of reading around, that
// end a cell, a tag or a string. And what of that is still there in a text that was made from them.
import fc from 'fast-check'

const pieces = [
  ...['\0', '\x07', '\x1b[31m', '\x1b]0;owned\x07', '\x9b2J', '\x7f', '\r', '\n', '\t', '\u202e', '\u2066', '\u200f'],
  ...['\u2028', '\ufeff', '\ufdd0', '\ufdd1', '\u{e0041}', '\ud800', '=cmd|', '+1', '@SUM(', '"', "'", '`', '|', '<b>'],
  ...['</script>', '&amp;', '\\', '](x)', '# ', 'model', '模型', '👩‍🔬'],
]

export const hostileTexts = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 8 })
  .map((parts) => parts.join(''))

const allowed = new Set(['\n', '\r', '\t'])

/** Characters that no reader sees as what they are, apart from line ends and tabs. */
export function rawCharactersIn(text: string): readonly string[] {
  const raw = text.match(/[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\ufeff\u{e0000}-\u{e007f}]/gu) ?? []
  return [...new Set(raw)].filter((character) => !allowed.has(character))
}
