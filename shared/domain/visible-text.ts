// Text from outside (names of models, files and libraries, messages of other programs) may hold characters that a reader
// cannot see or that change what is read: control characters, which a terminal obeys, and characters that turn the
// direction of reading around. They are shown by their escapes instead, as JSON writes them, so that JSON stays the same
// JSON. Every medium has one function that text from outside passes through, and each of them begins with one of these.

const unseen =
  /[\p{Cc}\p{Cs}\p{Bidi_Control}\p{Noncharacter_Code_Point}\u00ad\u200b\u2028\u2029\u2060-\u2064\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** For text of one line: a name. */
export function visibleLine(text: string): string {
  return text.replace(unseen, escapeOf)
}

/** For text of several lines: its line ends and tabs stay. */
export function visibleText(text: string): string {
  return text.replace(unseen, (character) =>
    character === '\n' || character === '\t' ? character : escapeOf(character),
  )
}

function escapeOf(character: string): string {
  return (
    shortEscapes[character] ??
    Array.from({ length: character.length }, (_, index) => unitEscape(character.charCodeAt(index))).join('')
  )
}

function unitEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}
